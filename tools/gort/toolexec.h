// SPDX-License-Identifier: BSD-3-Clause
//
// `go build -toolexec="gort toolexec"`: what the go command starts instead of each tool.
//
//   go build ---> gort toolexec compile ...    the compiler, unchanged: packages compile against
//   stock
//            ---> gort toolexec asm ...        the assembler, unchanged
//            ---> gort toolexec link -V=full   "link version go1.15.15 gort=<hash of our archives>"
//            ---> gort toolexec link ... main.a
//
// The answer to -V=full is part of what the go command hashes into the identity of each program it
// links, so that programs on gort and on stock live side by side in one build cache and a new
// runtime relinks everything, while no compiled package changes its identity.
//
// The link itself gets another importcfg, in an anonymous file:
//
//   packagefile runtime=$GOROOT/pkg/linux_amd64/runtime.a   ->  .../gort/<key>/runtime.a, relinked
//                                                           +   packagefile
//                                                           runtime/cgo=.../<key>/cgo.a
//
// The presence of a runtime/cgo makes cmd/link choose external linking by itself; -static and
// libraries stand in our runtime.a as cgo directives. For a foreign cpu -extld names the cross
// compiler.
//
// What gort cannot run is refused here, where all ways of building meet: cgo, -race, -msan, build
// modes other than exe, another release, system or cpu, a test variant of package runtime, and
// runtime symbols that some package of the link wants and our runtime lacks. On success nothing is
// printed: the go command treats any output as a message of the tool.
//
// Before: runtime_archive.h   After: link.h (linking without the go command)
#ifndef GORT_TOOLS_GORT_TOOLEXEC_H_
#define GORT_TOOLS_GORT_TOOLEXEC_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/gort/importcfg.h"
#include "tools/gort/process.h"

namespace gort::tool {

// argv: the tool's path and its arguments. Returns only on failure.
absl::Status Toolexec(const Arguments& argv);

// The arguments for cmd/link with which it links on gort's runtime. `argv` is what cmd/link was to
// get, its path first, and `config` the importcfg of that link; `objects` are archives that the
// importcfg does not name (the go command's names the main package too).
absl::StatusOr<Arguments> LinkArguments(const Arguments& argv, ImportConfig config,
                                        const std::vector<std::string>& objects);

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_TOOLEXEC_H_
