// SPDX-License-Identifier: BSD-3-Clause
//
// Which symbols of a package do its importers know by index?
//
// The compiler writes what importers need into the archive's __.PKGDEF member, in the "indexed
// export" form. Each exported variable, function and method carries the index of its symbol in the
// package's SymbolDef block, or -1 when it is bound by name (linkname, assembly). So do unexported
// ones that an exported inline body or type mentions. That index is what an importer's object
// refers to.
//
//   'i' | version 1 | size of strings | size of data | strings | data
//   main index:   n, n x { package path, name, height, m, m x { name, offset of the declaration } }
//   inline index: n, n x { package path, m, m x { name, offset of the body } }
//   fingerprint, 8 bytes, then "\n$$\n"
//
// All numbers are varints; a string is an offset into `strings`, where a length and bytes stand; a
// type is a small number (predeclared) or 32 + an offset into `data`. Declarations come one after
// another and have no lengths, so reading the index of a function means walking over its signature
// first:
//
//   'V' position type ext                              ext: linkname, index (signed)
//   'F' position signature ext escape-notes inline     one note per receiver and parameter
//   'T' position underlying, and unless that is an interface: n, n x { position, name, receiver,
//       signature }, notinheap, n x { nointerface, ext, escape notes, inline }
//   'C' constant, 'A' alias: nothing here that has a symbol
//
// Before: goobj.h   After: relink.h
#ifndef GORT_ASM_RELINK_EXPORT_DATA_H_
#define GORT_ASM_RELINK_EXPORT_DATA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "asm/relink/goobj.h"

namespace gort::relink {

struct ExportedSymbol {
  enum class Kind { kVar, kFunc, kMethod };

  absl::string_view package;  // empty: the package itself; else a symbol passed through
  std::string name;           // "NumCPU", "(*Func).Name", "Error.Error"
  Kind kind;
  int64_t index;  // -1: bound by name
};

struct ExportData {
  std::vector<ExportedSymbol> symbols;
  Fingerprint fingerprint{};
};

// `bytes` begins with the format letter (see ExportDataOf in archive.h).
absl::StatusOr<ExportData> ReadExportData(absl::string_view bytes);

}  // namespace gort::relink

#endif  // GORT_ASM_RELINK_EXPORT_DATA_H_
