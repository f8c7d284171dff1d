// SPDX-License-Identifier: BSD-3-Clause
//
// gort's archives as a link needs them: relinked for the stock runtime.a of that link, kept in a
// cache.
//
//   <cache>/<key>/runtime.a       our runtime.a with stock's indices, fingerprint and release
//   <cache>/<key>/runtime/cgo.a   the empty runtime/cgo, with stock's release
//
//   key = hash(our runtime.a, our cgo.a) "-" hash(stock's object line, fingerprint, export data,
//                                                 fingerprints of the packages that ours imports)
//
// Entries are written under another name and renamed, so that links may run at the same time. An
// entry that no link has used for five days goes when another one is made.
//
// Before: content_hash.h   After: toolexec.h
#ifndef GORT_TOOLS_GORT_RUNTIME_ARCHIVE_H_
#define GORT_TOOLS_GORT_RUNTIME_ARCHIVE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "asm/relink/relink.h"

namespace gort::tool {

// The hash of our two archives for a cpu. Fails, saying how to build them, when they are not there.
absl::StatusOr<std::string> RuntimeHash(absl::string_view cpu);

struct RelinkedArchives {
  std::string cpu;
  std::string folder;  // for -L: holds both under their import paths
  std::string runtime;
  std::string cgo;
};
// `packages`: those of the link, for what our runtime imports.
absl::StatusOr<RelinkedArchives> RelinkedFor(const relink::Package& stock,
                                             const std::vector<relink::LinkedPackage>& packages);

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_RUNTIME_ARCHIVE_H_
