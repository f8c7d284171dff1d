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

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/gort/importcfg.h"
#include "tools/gort/process.h"
#include "tools/gort/runtime_archive.h"

namespace gort::tool {

// argv: the tool's path and its arguments. Returns only on failure.
absl::Status Toolexec(const Arguments& argv);

// The archives with which cmd/link links on gort's runtime, after everything that can be refused
// has been. `argv` is what cmd/link was to get, its path first; `config` names the packages of the
// link, `objects` the archives beside them (the go command's importcfg names the main package too).
absl::StatusOr<RelinkedArchives> ArchivesForLink(const Arguments& argv, const ImportConfig& config,
                                                 const std::vector<std::string>& objects);
// The command line of cmd/link for them, when the link has an importcfg.
absl::StatusOr<Arguments> LinkArguments(const Arguments& argv, ImportConfig config,
                                        const std::vector<std::string>& objects);

// argv with more flags, which come last of the flags, where they win, and before the objects.
Arguments WithFlags(const Arguments& argv, const Arguments& flags);
// -extld for a foreign cpu, unless argv names another linker than the default.
Arguments HostLinkerFlag(const Arguments& argv, absl::string_view cpu);

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_TOOLEXEC_H_
