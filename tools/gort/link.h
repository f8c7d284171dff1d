// SPDX-License-Identifier: BSD-3-Clause
//
// Linking without the go command:
//
//   gort link -o prog main.o [-L dir]             objects that the stock compiler made
//   gort go tool link [-importcfg F] ... main.o   cmd/link's own command line
//
// Both become one cmd/link call with an importcfg, whatever they had. Without one, packages are
// looked for as cmd/link does it: from the imports that each object lists, in the -L folders in
// their order, then in $GOROOT/pkg/linux_<cpu>. What is not there either (Debian installs no
// archives for a foreign cpu) comes out of the go command's build cache. An object compiled with -I
// calls its imports "fmt.a", one compiled with -importcfg "fmt": the importcfg gets both names.
//
// Before: toolexec.h   After: go_command.h
#ifndef GORT_TOOLS_GORT_LINK_H_
#define GORT_TOOLS_GORT_LINK_H_

#include "absl/status/status.h"
#include "tools/gort/process.h"

namespace gort::tool {

// `arguments`: what follows "gort link" or "gort go tool link". Returns only on failure.
absl::Status LinkCommand(const Arguments& arguments);

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_LINK_H_
