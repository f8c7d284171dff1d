// SPDX-License-Identifier: BSD-3-Clause
//
// gort run | build | test | vet | go ARGS: the go command, with gort as its -toolexec and
// CGO_ENABLED=0.
//
//   gort build -o p ./cmd/p      GOROOT=... CGO_ENABLED=0 go build "-toolexec=gort toolexec" -o p
//   ./cmd/p gort run p.go x              the same for run; for a foreign cpu also
//   -exec=qemu-aarch64 gort go list -deps ./...     any command; those that build get the flag, the
//   others nothing gort go tool link ...        link.h
//
// The flag stands on the command line and not in GOFLAGS, so a user's GOFLAGS keeps its meaning.
//
// Before: link.h   After: main.cc
#ifndef GORT_TOOLS_GORT_GO_COMMAND_H_
#define GORT_TOOLS_GORT_GO_COMMAND_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/gort/process.h"

namespace gort::tool {

// `arguments`: the go command's, from "build" on. Returns only on failure.
absl::Status GoCommandLine(const Arguments& arguments);

// The command line for it, after all checks. Sets the variables of this process that the go command
// reads.
absl::StatusOr<Arguments> PrepareGo(const Arguments& arguments);

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_GO_COMMAND_H_
