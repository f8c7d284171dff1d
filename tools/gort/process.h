// SPDX-License-Identifier: BSD-3-Clause
//
// Starting other programs: in place of this one, or below it with its output collected.
//
// Before: environment.h   After: importcfg.h
#ifndef GORT_TOOLS_GORT_PROCESS_H_
#define GORT_TOOLS_GORT_PROCESS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace gort::tool {

using Arguments = std::vector<std::string>;
using Variables = std::vector<std::pair<std::string, std::string>>;

// Replaces this process; returns only on failure. argv[0] is the program.
absl::Status Exec(const Arguments& argv);

struct Finished {
  int exit_code = 0;  // 128 + signal number when killed
  std::string output;
};

struct RunOptions {
  std::string directory;     // empty: this one
  Variables environment;     // added to ours
  bool with_stderr = false;  // collect standard error too, else it goes to ours
};
// Runs a program and collects its standard output.
absl::StatusOr<Finished> Run(const Arguments& argv, const RunOptions& options = {});

// Puts `contents` in an anonymous file that programs started from here find under the returned
// name.
absl::StatusOr<std::string> AnonymousFile(const std::string& contents);

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_PROCESS_H_
