// SPDX-License-Identifier: BSD-3-Clause
//
// relink: makes gort's runtime.a pass for the stock runtime.a that other objects were compiled
// against.
//
// Objects refer to package runtime in three ways: compiler builtins, types and assembly by name;
// exported API and what its inline bodies mention by *index* into the SymbolDef block of runtime's
// object; and as a whole by an 8-byte fingerprint. Names work with any object. For the other two,
// relink writes our object anew:
//
//      stock's SymbolDef           ours, as compiled            ours, relinked
//      0    bar                    0    GC                      0    helper        fills
//      1    GC          <- known   1    helper                  1    GC            moved
//      2    baz                    2    Version                 2    NumCPU        alias, made: in
//      ours 3    NumCPU      <- known        NumCPU body-less        3    Version       it is
//      assembly 4    Version     <- known                                4    MemProfile..
//      placeholder or moved
//
//   - every symbol that stock's export data gives an index is put at that index;
//   - all others keep their order and fill the places between; what is left gets an unnamed dummy;
//   - a known function that is body-less in our shim (its body is assembly or C++) has no SymbolDef
//     entry: an ABI alias is made there, from the ABIInternal name to the ABI0 name;
//   - known data without an entry gets an empty placeholder, which any definition by name
//   overrides;
//   - every self reference in our object follows the permutation (goobj.h);
//   - references by index to packages that our shim imports are looked up again by name in the
//   archives that
//     the link has for them, and the fingerprints that we expect of those become theirs (other
//     compiler flags or another release may have moved their symbols);
//   - the fingerprint, the __.PKGDEF member and the release in the "go object" lines become
//   stock's.
//
// Nothing is taken from a table: indices depend on release, cpu and compiler flags, and the stock
// archive that the link names knows them. Giving the stock archive as both inputs yields the same
// bytes.
//
// Before: export_data.h   After: references.h (who wants what we lack)
#ifndef GORT_ASM_RELINK_RELINK_H_
#define GORT_ASM_RELINK_RELINK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "asm/relink/archive.h"
#include "asm/relink/goobj.h"

namespace gort::relink {

// A package archive, opened.
struct Package {
  MappedFile file;
  std::vector<Member> members;
  absl::string_view object_line;  // of _go_.o
  ObjectView object;              // in _go_.o
  absl::string_view export_data;

  GoTarget target() const;
};
absl::StatusOr<Package> OpenPackage(const std::string& path);

// A symbol that importers of a package know by index.
struct KnownSymbol {
  uint32_t index = 0;
  std::string name;
  uint16_t abi = 0;
  bool is_function = false;
};
absl::StatusOr<std::vector<KnownSymbol>> KnownByIndex(const Package& stock);

// An archive of the link, as an importcfg names it.
struct LinkedPackage {
  std::string import_path;
  std::string file;
};

struct Relinked {
  std::string archive;               // bytes to write
  std::vector<KnownSymbol> missing;  // known to importers, and defined nowhere in our archive
  size_t symbols = 0;                // in SymbolDef
  size_t moved = 0, aliases = 0, placeholders = 0, dummies = 0;
};
// `imports`: where this link has the packages that ours imports; those not named are taken to be
// the ones that ours was compiled against.
absl::StatusOr<Relinked> Relink(const Package& stock, const Package& ours,
                                const std::vector<LinkedPackage>& imports = {});

// A copy of an archive whose "go object" lines name `release`.
absl::StatusOr<std::string> WithRelease(absl::string_view archive, absl::string_view release);

}  // namespace gort::relink

#endif  // GORT_ASM_RELINK_RELINK_H_
