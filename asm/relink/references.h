// SPDX-License-Identifier: BSD-3-Clause
//
// Completeness: does our runtime define everything of the stock runtime that the link's packages
// use?
//
// cmd/link diagnoses a missing function when it is reachable, but not missing data (a placeholder
// is taken for it) and not missing compiler builtins, and what it says does not name the package
// that wants the symbol. So this scan comes before it. For each archive of the link it reads the
// two blocks that list what is wanted from elsewhere (goobj.h): NonPkgRef, by name; and RefName,
// which names the references by index. Calls of compiler builtins (runtime.newobject, ...) stand in
// neither: they are relocations with a number of the compiler's table. Relocations are read only
// when our archive lacks a builtin, so that the scan costs microseconds per archive as long as it
// has them all.
//
//      lacking = { s wanted by a package P != runtime :  s defined in stock's runtime.a
//                                                        and s not defined in ours }
//
// A reference that stock's runtime does not define either is none of our business: another package
// defines it, or cmd/link does, or the program is wrong under both runtimes.
//
// A symbol counts as defined by an archive when a Go member defines it with content, when an ABI
// alias leads to such a definition, or when a host object (ELF) has a global symbol of that name.
//
// Before: relink.h   After: tools/gort/toolexec.h
#ifndef GORT_ASM_RELINK_REFERENCES_H_
#define GORT_ASM_RELINK_REFERENCES_H_

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "asm/relink/archive.h"
#include "asm/relink/relink.h"

namespace gort::relink {

// What the members of an archive define. Names are views into the members' bytes.
class Definitions {
 public:
  explicit Definitions(const std::vector<Member>& members);
  Definitions(const Definitions&) = delete;
  Definitions& operator=(const Definitions&) = delete;

  bool Has(absl::string_view name, uint16_t abi) const;
  size_t size() const { return names_.size() + host_names_.size(); }

 private:
  using Key = std::pair<absl::string_view, uint16_t>;

  void AddGoMember(const ObjectView& object);
  void AddHostMember(absl::string_view elf);

  std::deque<std::string> expanded_;  // names of assembly symbols, with the package
  absl::flat_hash_set<Key> names_;
  absl::flat_hash_set<Key> aliases_;  // defined if the ABI0 name is
  absl::flat_hash_set<absl::string_view> host_names_;
};

struct Lacking {
  std::string name;
  std::vector<std::string> wanted_by;  // import paths, in the order of the link
};

// `ours` is the relinked archive. Fails only when an archive cannot be read.
absl::StatusOr<std::vector<Lacking>> FindLacking(const Package& stock, const Package& ours,
                                                 const std::vector<LinkedPackage>& packages);

// "runtime.ReadMemStats (wanted by expvar, main)", one per line, at most `limit` lines.
std::string DescribeLacking(const std::vector<Lacking>& lacking, size_t limit);

}  // namespace gort::relink

#endif  // GORT_ASM_RELINK_REFERENCES_H_
