// SPDX-License-Identifier: BSD-3-Clause
//
// The file that tells cmd/link where the archive of each package is: lines "packagefile PATH=FILE",
// beside others that are kept as they are.
//
// Before: process.h   After: runtime_archive.h
#ifndef GORT_TOOLS_GORT_IMPORTCFG_H_
#define GORT_TOOLS_GORT_IMPORTCFG_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "asm/relink/references.h"

namespace gort::tool {

class ImportConfig {
 public:
  ImportConfig() = default;
  explicit ImportConfig(absl::string_view text);

  // The archive of a package; empty when the file does not name it.
  std::string Find(absl::string_view package) const;
  void Set(absl::string_view package, absl::string_view file);  // replaces the line or adds one
  std::vector<relink::LinkedPackage> Packages() const;
  std::string Text() const;

 private:
  std::vector<std::string> lines_;
};

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_IMPORTCFG_H_
