// SPDX-License-Identifier: BSD-3-Clause
//
// gort-toolexec: `gort toolexec` as a program of one word, since GOFLAGS splits its value at
// blanks:
//
//   GOFLAGS=-toolexec=/path/gort-toolexec CGO_ENABLED=0 go build ./...
//
// Before: toolexec.h   After: nothing
#include <cstdio>
#include <string>

#include "tools/gort/toolexec.h"

int main(int argc, char** argv) {
  const absl::Status status =
      gort::tool::Toolexec(gort::tool::Arguments(argv + (argc > 0 ? 1 : 0), argv + argc));
  std::fprintf(stderr, "gort: %s\n", std::string(status.message()).c_str());
  return 1;
}
