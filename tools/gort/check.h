// SPDX-License-Identifier: BSD-3-Clause
//
// gort check [ARGS]: the project's tests, run by tools/check.sh in the clone.
//
// Before: process.h   After: main.cc
#ifndef GORT_TOOLS_GORT_CHECK_H_
#define GORT_TOOLS_GORT_CHECK_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/gort/environment.h"
#include "tools/gort/process.h"

namespace gort::tool {

inline absl::Status CheckCommand(const Arguments& arguments) {
  Arguments argv = {absl::StrCat(ProjectRoot(), "/tools/check.sh")};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return Exec(argv);
}

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_CHECK_H_
