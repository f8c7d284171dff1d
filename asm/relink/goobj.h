// SPDX-License-Identifier: BSD-3-Clause
//
// The object format of Go 1.15 ("goobj2"): how it names symbols, and what an editor of it must
// touch.
//
//   offset 0   "\x00go115ld"
//          8   fingerprint, 8 bytes      importers remember it; cmd/link compares
//         16   flags u32
//         20   15 x u32: start of each block below; the last is the end of the file
//         80   strings, back to back; a string is {length u32, offset u32}, the offset is absolute
//   Autolib       {package string, fingerprint}        what was imported
//   PkgIndex      {path string}                        packages that symbol references name, 0
//   unused DwarfFile     {path string} SymbolDef     {name string, abi u16, type u8, flag u8, size
//   u32, align u32}     defs(): by index NonPkgDef     the same                             defined
//   here, bound by name and ABI NonPkgRef     the same                             wanted from
//   elsewhere by name and ABI RelocIndex, AuxIndex, DataIndex                    u32 per defined
//   symbol, plus the total:
//                                                      prefix sums into the three blocks below
//   Reloc         {offset u32, size u8, type u8, addend u64, symbol ref}
//   Aux           {type u8, symbol ref}                function info, funcdata, DWARF, Go type
//   Data          bytes
//   Pcdata        bytes; function infos hold offsets into it
//   RefName       {symbol ref, name string}            names of indexed references, for tools
//
// A symbol reference is {package u32, index u32}. Package "self" (2^31-3) counts in SymbolDef;
// "none" (2^31-1) counts in NonPkgDef and runs on into NonPkgRef; any other is a number of
// PkgIndex, and the index counts in the SymbolDef block of *that* package's object. So who changes
// the order of SymbolDef must change every self reference (Reloc, Aux, RefName, and the references
// inside the data of function info symbols), and breaks every importer unless the indices that
// importers know stay.
//
// Two classes. ObjectView looks at the blocks in place: cheap enough to scan every archive of a
// link. Object is the editable form: symbols with slices of their relocations, aux entries and
// data; names and all blocks that do not move keep their bytes, so that an unchanged object is
// written as it was read.
//
// Before: archive.h   After: export_data.h (which indices importers know)
#ifndef GORT_ASM_RELINK_GOOBJ_H_
#define GORT_ASM_RELINK_GOOBJ_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gort::relink {

inline constexpr absl::string_view kGoObjMagic{"\0go115ld", 8};

inline constexpr uint32_t kPkgNone = (1u << 31) - 1;
inline constexpr uint32_t kPkgBuiltin = (1u << 31) - 2;
inline constexpr uint32_t kPkgSelf = (1u << 31) - 3;

// Kinds of symbols (objabi.SymKind) that this program names.
inline constexpr uint8_t kKindText = 1;
inline constexpr uint8_t kKindBss = 5;
inline constexpr uint8_t kKindNoPtrBss = 6;
inline constexpr uint8_t kKindAbiAlias = 12;

inline constexpr uint16_t kAbi0 = 0;
inline constexpr uint16_t kAbiInternal = 1;

inline constexpr uint8_t kAuxFuncInfo = 1;

enum Block {
  kAutolib,
  kPkgIndex,
  kDwarfFile,
  kSymbolDef,
  kNonPkgDef,
  kNonPkgRef,
  kRelocIndex,
  kAuxIndex,
  kDataIndex,
  kReloc,
  kAux,
  kData,
  kPcdata,
  kRefName,
  kEnd,
  kBlockCount,
};

inline constexpr size_t kObjectHeaderSize = 20 + 4 * kBlockCount;
inline constexpr size_t kSymbolSize = 20;
inline constexpr size_t kRelocSize = 22;
inline constexpr size_t kRelocRefAt = 14;
inline constexpr size_t kAuxSize = 9;
inline constexpr size_t kAuxRefAt = 1;
inline constexpr size_t kRefNameSize = 16;
inline constexpr size_t kAutolibSize = 16;
inline constexpr size_t kStringSize = 8;

using Fingerprint = std::array<char, 8>;

inline uint32_t LoadU32(const void* at) {
  uint32_t value;  // the format and both hosts are little-endian
  std::memcpy(&value, at, sizeof value);
  return value;
}
inline void StoreU32(void* at, uint32_t value) { std::memcpy(at, &value, sizeof value); }

struct SymRef {
  uint32_t pkg = 0;
  uint32_t index = 0;
};

// What a symbol record says.
struct SymbolInfo {
  absl::string_view name;
  uint16_t abi = 0;
  uint8_t kind = 0;
  uint8_t flag = 0;
  uint32_t size = 0;
};

// A checked look at an object in place. Block bounds are verified when parsed; a string that points
// outside the file reads as empty.
class ObjectView {
 public:
  static absl::StatusOr<ObjectView> Parse(absl::string_view bytes);

  Fingerprint fingerprint() const;
  size_t Count(Block block) const;  // number of records
  absl::string_view BlockBytes(Block block) const;
  absl::string_view StringsBytes() const;

  SymbolInfo Symbol(Block block, size_t i) const;  // kSymbolDef, kNonPkgDef, kNonPkgRef
  absl::string_view PackageName(size_t i) const;   // kPkgIndex
  absl::string_view DwarfFileName(size_t i) const;
  absl::string_view AutolibName(size_t i) const;
  Fingerprint AutolibFingerprint(size_t i) const;
  SymRef RefNameRef(size_t i) const;
  absl::string_view RefNameName(size_t i) const;
  SymRef RelocRef(size_t i) const;
  absl::string_view StringAt(absl::string_view string_record) const;
  uint32_t BlockStart(Block block) const { return starts_[block]; }
  uint32_t flags() const { return LoadU32(bytes_.data() + 16); }

 private:
  absl::string_view bytes_;
  std::array<uint32_t, kBlockCount> starts_{};
};

// A symbol of the editable form. Slices point into the Object that owns it.
struct Symbol {
  std::array<char, kSymbolSize> record{};
  absl::string_view name;
  char* relocs = nullptr;
  uint32_t reloc_count = 0;
  char* auxs = nullptr;
  uint32_t aux_count = 0;
  char* data = nullptr;
  uint32_t data_size = 0;

  uint16_t abi() const {
    return static_cast<uint8_t>(record[8]) | static_cast<uint8_t>(record[9]) << 8;
  }
  uint8_t kind() const { return static_cast<uint8_t>(record[10]); }
  uint32_t size() const { return LoadU32(record.data() + 12); }
};

class Object {
 public:
  static absl::StatusOr<Object> Parse(absl::string_view bytes);

  Fingerprint fingerprint{};
  std::vector<Symbol> defs;         // indexed, importers may know the index
  std::vector<Symbol> nonpkg_defs;  // by name, defined here
  std::vector<Symbol> nonpkg_refs;  // by name, wanted

  // Makes symbols that the compiler did not write. A placeholder has no content; an alias makes the
  // ABIInternal name mean what the ABI0 name means, here or in whatever object defines that.
  Symbol MakeDummy();
  Symbol MakeDataPlaceholder(absl::string_view name);
  Symbol MakeAbiAlias(absl::string_view name);

  // Calls `map` on every reference by index into package `pkg` (kPkgSelf or a number of PkgIndex);
  // its result is the new index.
  absl::Status Remap(uint32_t pkg, absl::FunctionRef<uint32_t(uint32_t)> map);
  absl::Status RemapSelf(absl::FunctionRef<uint32_t(uint32_t)> map) { return Remap(kPkgSelf, map); }

  // The object as it was read; edited references and fingerprints show.
  const ObjectView& view() const { return view_; }
  // What the i-th imported package is expected to have.
  void SetImportFingerprint(size_t i, const Fingerprint& fingerprint);

  std::string Encode() const;

 private:
  Symbol NewSymbol(absl::string_view name, uint16_t abi, uint8_t kind);
  absl::Status RemapFuncInfo(Symbol& info, uint32_t pkg, absl::FunctionRef<uint32_t(uint32_t)> map);

  std::vector<char> bytes_;       // the object as it was read; references are edited in place
  ObjectView view_;               // of bytes_
  std::string new_strings_;       // follows the original strings, whose offsets stay valid
  std::deque<std::string> made_;  // names and relocations of made symbols
};

}  // namespace gort::relink

#endif  // GORT_ASM_RELINK_GOOBJ_H_
