// SPDX-License-Identifier: BSD-3-Clause
//
// The command lines of Go's tools and of the go command, as package flag reads them: "-name",
// "-name=value",
// "-name value" unless the flag is boolean, a second dash is allowed, and the first argument that
// is none of these ends the flags. So one has to know which flags are boolean to find the end.
//
// Before: nothing   After: toolexec.h, go_command.h
#ifndef GORT_TOOLS_GORT_FLAGS_H_
#define GORT_TOOLS_GORT_FLAGS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "tools/gort/process.h"

namespace gort::tool {

struct ToolFlag {
  absl::string_view name;
  absl::string_view value;  // "true" for a boolean without value
  size_t words = 0;         // arguments that it takes up; 0: not a flag
};

// The flag of cmd/link at argv[at].
ToolFlag ParseToolFlag(const Arguments& argv, size_t at);
// The flag of go build, run, test or vet at argv[at].
ToolFlag ParseGoFlag(const Arguments& argv, size_t at);

// Over all leading flags of a tool's argv (from argv[1]): the last value of a flag, empty when
// absent; and whether a boolean one is set.
std::string FlagValue(const Arguments& argv, absl::string_view name);
bool HasFlag(const Arguments& argv, absl::string_view name);
bool IsTrue(absl::string_view value);

// Quotes a word for a flag whose value the go command splits into words (-exec, -toolexec).
std::string QuoteWord(absl::string_view word);

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_FLAGS_H_
