// SPDX-License-Identifier: BSD-3-Clause
//
// Linking without the go command:
//
//   gort link -o prog main.o [-L dir]             objects that the stock compiler made
//   gort go tool link [-importcfg F] ... main.o   cmd/link's own command line
//
// With an importcfg, it is edited as in the go command's links. Without one, cmd/link looks for
// packages in the -L folders in their order, then in $GOROOT/pkg/linux_<cpu>: a folder with our
// runtime.a and runtime/cgo.a is put before all of them. What is in none of them (Debian installs
// no archives of std for a foreign cpu) comes out of the go command's build cache, through a folder
// of links:
//
//   -L <cache>/<key>                  runtime.a, runtime/cgo.a
//   -L <the user's>
//   -L <cache>/std_arm64_<hash>       fmt.a -> ~/.cache/go-build/..., internal/fmtsort.a -> ...
//
// Folders and not an importcfg, since an object compiled with -I calls its imports "fmt.a", and
// cmd/link takes that for a package's name when it has an importcfg.
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
