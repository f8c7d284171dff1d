// SPDX-License-Identifier: BSD-3-Clause
//
// Reading, editing and writing goobj2; the format is described in goobj.h.
//
// Before: goobj.h   After: export_data.cc
#include "asm/relink/goobj.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace gort::relink {
namespace {

// Record size of each block; 1 where a block is bytes.
constexpr std::array<uint32_t, kBlockCount> kRecordSize = {kAutolibSize,
                                                           kStringSize,
                                                           kStringSize,
                                                           kSymbolSize,
                                                           kSymbolSize,
                                                           kSymbolSize,
                                                           4,
                                                           4,
                                                           4,
                                                           kRelocSize,
                                                           kAuxSize,
                                                           1,
                                                           1,
                                                           kRefNameSize,
                                                           1};

SymRef LoadRef(const char* at) { return {LoadU32(at), LoadU32(at + 4)}; }

absl::Status Corrupt(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("goobj2: ", what));
}

}  // namespace

absl::StatusOr<ObjectView> ObjectView::Parse(absl::string_view bytes) {
  if (bytes.size() < kObjectHeaderSize || !absl::StartsWith(bytes, kGoObjMagic)) {
    return Corrupt("not an object of Go 1.15");
  }
  ObjectView view;
  view.bytes_ = bytes;
  for (int block = 0; block < kBlockCount; block++) {
    view.starts_[block] = LoadU32(bytes.data() + 20 + 4 * block);
    const uint32_t least = block == 0 ? kObjectHeaderSize : view.starts_[block - 1];
    if (view.starts_[block] < least || view.starts_[block] > bytes.size()) {
      return Corrupt("block outside the object");
    }
    if (block > 0 && (view.starts_[block] - least) % kRecordSize[block - 1] != 0) {
      return Corrupt("block of odd size");
    }
  }
  const size_t defined = view.Count(kSymbolDef) + view.Count(kNonPkgDef);
  if (view.Count(kRelocIndex) != defined + 1 || view.Count(kAuxIndex) != defined + 1 ||
      view.Count(kDataIndex) != defined + 1) {
    return Corrupt("index blocks do not fit the symbols");
  }
  return view;
}

Fingerprint ObjectView::fingerprint() const {
  Fingerprint result;
  std::copy_n(bytes_.data() + 8, result.size(), result.begin());
  return result;
}

absl::string_view ObjectView::BlockBytes(Block block) const {
  if (block == kEnd) return {};
  return bytes_.substr(starts_[block], starts_[block + 1] - starts_[block]);
}

size_t ObjectView::Count(Block block) const {
  return BlockBytes(block).size() / kRecordSize[block];
}

absl::string_view ObjectView::StringsBytes() const {
  return bytes_.substr(kObjectHeaderSize, starts_[kAutolib] - kObjectHeaderSize);
}

absl::string_view ObjectView::StringAt(absl::string_view string_record) const {
  const uint32_t length = LoadU32(string_record.data());
  const uint32_t offset = LoadU32(string_record.data() + 4);
  if (offset > bytes_.size() || length > bytes_.size() - offset) return {};
  return bytes_.substr(offset, length);
}

SymbolInfo ObjectView::Symbol(Block block, size_t i) const {
  const absl::string_view record = BlockBytes(block).substr(i * kSymbolSize, kSymbolSize);
  SymbolInfo info;
  info.name = StringAt(record);
  std::memcpy(&info.abi, record.data() + 8, 2);
  info.kind = static_cast<uint8_t>(record[10]);
  info.flag = static_cast<uint8_t>(record[11]);
  info.size = LoadU32(record.data() + 12);
  return info;
}

absl::string_view ObjectView::PackageName(size_t i) const {
  if (i >= Count(kPkgIndex)) return {};
  return StringAt(BlockBytes(kPkgIndex).substr(i * kStringSize));
}

absl::string_view ObjectView::DwarfFileName(size_t i) const {
  return StringAt(BlockBytes(kDwarfFile).substr(i * kStringSize));
}

absl::string_view ObjectView::AutolibName(size_t i) const {
  return StringAt(BlockBytes(kAutolib).substr(i * kAutolibSize));
}

Fingerprint ObjectView::AutolibFingerprint(size_t i) const {
  Fingerprint result;
  std::copy_n(BlockBytes(kAutolib).data() + i * kAutolibSize + kStringSize, result.size(),
              result.begin());
  return result;
}

SymRef ObjectView::RefNameRef(size_t i) const {
  return LoadRef(BlockBytes(kRefName).data() + i * kRefNameSize);
}

absl::string_view ObjectView::RefNameName(size_t i) const {
  return StringAt(BlockBytes(kRefName).substr(i * kRefNameSize + 8));
}

SymRef ObjectView::RelocRef(size_t i) const {
  return LoadRef(BlockBytes(kReloc).data() + i * kRelocSize + kRelocRefAt);
}

absl::StatusOr<Object> Object::Parse(absl::string_view bytes) {
  Object object;
  object.bytes_.assign(bytes.begin(), bytes.end());
  char* base = object.bytes_.data();
  absl::StatusOr<ObjectView> parsed = ObjectView::Parse({base, object.bytes_.size()});
  if (!parsed.ok()) return parsed.status();
  const ObjectView& view = object.view_ = *parsed;
  object.fingerprint = view.fingerprint();

  const size_t def_count = view.Count(kSymbolDef);
  const size_t defined_count = def_count + view.Count(kNonPkgDef);
  auto cut = [&](Block index, Block block, size_t i, uint32_t record_size, char** at,
                 uint32_t* count) {
    const char* entry = base + view.BlockStart(index) + 4 * i;
    const uint32_t from = LoadU32(entry), to = LoadU32(entry + 4);
    if (from > to || to > view.Count(block)) return false;
    *at = base + view.BlockStart(block) + size_t{from} * record_size;
    *count = to - from;
    return true;
  };
  for (const Block block : {kSymbolDef, kNonPkgDef, kNonPkgRef}) {
    std::vector<Symbol>& list = block == kSymbolDef   ? object.defs
                                : block == kNonPkgDef ? object.nonpkg_defs
                                                      : object.nonpkg_refs;
    const absl::string_view records = view.BlockBytes(block);
    const size_t count = view.Count(block);
    list.resize(count);
    for (size_t i = 0; i < count; i++) {
      Symbol& symbol = list[i];
      std::copy_n(records.data() + i * kSymbolSize, kSymbolSize, symbol.record.begin());
      symbol.name = view.StringAt(records.substr(i * kSymbolSize));
      const size_t defined = block == kSymbolDef ? i : def_count + i;
      if (block == kNonPkgRef || defined >= defined_count) continue;
      if (!cut(kRelocIndex, kReloc, defined, kRelocSize, &symbol.relocs, &symbol.reloc_count) ||
          !cut(kAuxIndex, kAux, defined, kAuxSize, &symbol.auxs, &symbol.aux_count) ||
          !cut(kDataIndex, kData, defined, 1, &symbol.data, &symbol.data_size)) {
        return Corrupt(absl::StrCat("bad index of symbol ", symbol.name));
      }
    }
  }
  return object;
}

Symbol Object::NewSymbol(absl::string_view name, uint16_t abi, uint8_t kind) {
  Symbol symbol;
  const uint32_t offset = view_.BlockStart(kAutolib) + static_cast<uint32_t>(new_strings_.size());
  absl::StrAppend(&new_strings_, name);
  symbol.name = made_.emplace_back(name);
  StoreU32(symbol.record.data(), static_cast<uint32_t>(name.size()));
  StoreU32(symbol.record.data() + 4, offset);
  symbol.record[8] = static_cast<char>(abi & 0xff);
  symbol.record[9] = static_cast<char>(abi >> 8);
  symbol.record[10] = static_cast<char>(kind);
  return symbol;
}

Symbol Object::MakeDummy() { return NewSymbol("", kAbi0, kKindBss); }

Symbol Object::MakeDataPlaceholder(absl::string_view name) {
  return NewSymbol(name, kAbi0, kKindNoPtrBss);
}

Symbol Object::MakeAbiAlias(absl::string_view name) {
  const auto is_target = [&](const Symbol& s) { return s.abi() == kAbi0 && s.name == name; };
  const auto def = std::find_if(nonpkg_defs.begin(), nonpkg_defs.end(), is_target);
  uint32_t target = static_cast<uint32_t>(def - nonpkg_defs.begin());
  if (def == nonpkg_defs.end()) {
    const auto ref = std::find_if(nonpkg_refs.begin(), nonpkg_refs.end(), is_target);
    target += static_cast<uint32_t>(ref - nonpkg_refs.begin());
    if (ref == nonpkg_refs.end()) nonpkg_refs.push_back(NewSymbol(name, kAbi0, 0));
  }
  std::string& reloc = made_.emplace_back(kRelocSize, '\0');
  StoreU32(reloc.data() + kRelocRefAt, kPkgNone);
  StoreU32(reloc.data() + kRelocRefAt + 4, target);
  Symbol alias = NewSymbol(name, kAbiInternal, kKindAbiAlias);
  alias.relocs = reloc.data();
  alias.reloc_count = 1;
  return alias;
}

// The data of a function info symbol is a record of its own with symbol references inside:
//   args, locals, pcsp, pcfile, pcline, pcinline | n, n x pcdata | pcdata end | n, n x funcdata
//   offset | n, n x file ref | n, n x {parent, file ref, line, function ref, parent pc}
absl::Status Object::RemapFuncInfo(Symbol& info, uint32_t pkg,
                                   absl::FunctionRef<uint32_t(uint32_t)> map) {
  const uint64_t size = info.data_size;
  uint64_t at = 24;
  const auto next_count = [&]() -> uint64_t {
    const uint64_t count = at + 4 <= size ? LoadU32(info.data + at) : size;
    at += 4;
    return count;
  };
  const auto remap_at = [&](uint64_t ref) {
    if (LoadU32(info.data + ref) != pkg) return;
    StoreU32(info.data + ref + 4, map(LoadU32(info.data + ref + 4)));
  };
  at += 4 * next_count();  // pcdata
  at += 4;                 // its end
  at += 4 * next_count();  // funcdata offsets
  for (uint64_t n = next_count(); n > 0; n--, at += 8) {
    if (at + 8 > size) return Corrupt("function info too short");
    remap_at(at);
  }
  for (uint64_t n = next_count(); n > 0; n--, at += 28) {
    if (at + 28 > size) return Corrupt("function info too short");
    remap_at(at + 4);
    remap_at(at + 16);
  }
  return at <= size ? absl::OkStatus() : Corrupt("function info too short");
}

absl::Status Object::Remap(uint32_t pkg, absl::FunctionRef<uint32_t(uint32_t)> map) {
  std::vector<bool> info_done(defs.size());
  // Function infos are found through the aux entries, so they come before those change.
  for (std::vector<Symbol>* list : {&defs, &nonpkg_defs}) {
    for (Symbol& symbol : *list) {
      for (uint32_t i = 0; i < symbol.aux_count; i++) {
        const char* aux = symbol.auxs + i * kAuxSize;
        const SymRef ref = LoadRef(aux + kAuxRefAt);
        if (aux[0] != kAuxFuncInfo || ref.pkg != kPkgSelf) continue;
        if (ref.index >= defs.size()) return Corrupt("function info out of range");
        if (info_done[ref.index]) continue;
        info_done[ref.index] = true;
        if (absl::Status status = RemapFuncInfo(defs[ref.index], pkg, map); !status.ok())
          return status;
      }
    }
  }
  const auto remap_records = [&](char* at, size_t count, size_t record_size, size_t ref_at) {
    for (char* ref = at + ref_at; count > 0; count--, ref += record_size) {
      if (LoadU32(ref) == pkg) StoreU32(ref + 4, map(LoadU32(ref + 4)));
    }
  };
  for (std::vector<Symbol>* list : {&defs, &nonpkg_defs}) {
    for (Symbol& symbol : *list) {
      remap_records(symbol.relocs, symbol.reloc_count, kRelocSize, kRelocRefAt);
      remap_records(symbol.auxs, symbol.aux_count, kAuxSize, kAuxRefAt);
    }
  }
  remap_records(bytes_.data() + view_.BlockStart(kRefName), view_.Count(kRefName), kRefNameSize, 0);
  return absl::OkStatus();
}

void Object::SetImportFingerprint(size_t i, const Fingerprint& value) {
  char* entry = bytes_.data() + view_.BlockStart(kAutolib) + i * kAutolibSize;
  std::copy(value.begin(), value.end(), entry + kStringSize);
}

std::string Object::Encode() const {
  std::string out;
  out.reserve(bytes_.size() + (1 << 16));
  out.append(bytes_.data(), kObjectHeaderSize);
  std::copy(fingerprint.begin(), fingerprint.end(), out.begin() + 8);
  absl::StrAppend(&out, view_.StringsBytes(), new_strings_);

  std::array<uint32_t, kBlockCount> starts{};
  const auto begin = [&](Block block) { starts[block] = static_cast<uint32_t>(out.size()); };
  const auto append_u32 = [&](uint32_t value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  const auto append_unchanged = [&](Block block) {
    begin(block);
    absl::StrAppend(&out, view_.BlockBytes(block));
  };
  const auto append_records = [&](Block block, const std::vector<Symbol>& list) {
    begin(block);
    for (const Symbol& symbol : list) out.append(symbol.record.data(), kSymbolSize);
  };
  const auto for_each_defined = [&](auto visit) {
    for (const Symbol& symbol : defs) visit(symbol);
    for (const Symbol& symbol : nonpkg_defs) visit(symbol);
  };
  const auto append_sums = [&](Block block, uint32_t Symbol::*count) {
    begin(block);
    uint32_t total = 0;
    for_each_defined([&](const Symbol& symbol) {
      append_u32(total);
      total += symbol.*count;
    });
    append_u32(total);
  };

  append_unchanged(kAutolib);
  append_unchanged(kPkgIndex);
  append_unchanged(kDwarfFile);
  append_records(kSymbolDef, defs);
  append_records(kNonPkgDef, nonpkg_defs);
  append_records(kNonPkgRef, nonpkg_refs);
  append_sums(kRelocIndex, &Symbol::reloc_count);
  append_sums(kAuxIndex, &Symbol::aux_count);
  append_sums(kDataIndex, &Symbol::data_size);
  begin(kReloc);
  for_each_defined([&](const Symbol& s) { out.append(s.relocs, s.reloc_count * kRelocSize); });
  begin(kAux);
  for_each_defined([&](const Symbol& s) { out.append(s.auxs, s.aux_count * kAuxSize); });
  begin(kData);
  for_each_defined([&](const Symbol& s) { out.append(s.data, s.data_size); });
  append_unchanged(kPcdata);
  append_unchanged(kRefName);
  begin(kEnd);
  for (int block = 0; block < kBlockCount; block++) StoreU32(&out[20 + 4 * block], starts[block]);
  return out;
}

}  // namespace gort::relink
