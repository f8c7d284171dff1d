// SPDX-License-Identifier: BSD-3-Clause
//
// The permutation of symbols described in relink.h.
//
// Before: relink.h   After: references.cc
#include "asm/relink/relink.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "asm/relink/export_data.h"
#include "asm/relink/references.h"

namespace gort::relink {
namespace {

constexpr uint32_t kNowhere = ~0u;

// The new order of our symbols: what stands at each place of SymbolDef.
struct Place {
  uint32_t old_index = kNowhere;  // one of our symbols, or
  const KnownSymbol* substitute =
      nullptr;  // known to importers but not among them, or neither: a dummy
};

std::vector<Place> Arrange(const std::vector<KnownSymbol>& known, const std::vector<Symbol>& defs) {
  absl::flat_hash_map<std::pair<absl::string_view, uint16_t>, uint32_t> ours;
  for (uint32_t i = 0; i < defs.size(); i++) {
    if (!defs[i].name.empty()) ours.try_emplace({defs[i].name, defs[i].abi()}, i);
  }
  uint32_t places = static_cast<uint32_t>(defs.size());
  for (const KnownSymbol& symbol : known) places = std::max(places, symbol.index + 1);

  std::vector<Place> order(places);
  std::vector<bool> fixed(places), placed(defs.size());
  for (const KnownSymbol& symbol : known) {
    fixed[symbol.index] = true;
    const auto found = ours.find({symbol.name, symbol.abi});
    if (found == ours.end()) {
      order[symbol.index].substitute = &symbol;
    } else {
      order[symbol.index].old_index = found->second;
      placed[found->second] = true;
    }
  }
  uint32_t place = 0;
  for (uint32_t i = 0; i < defs.size(); i++) {
    if (placed[i]) continue;
    while (place < order.size() && fixed[place]) place++;
    if (place == order.size()) {
      order.emplace_back();
      fixed.push_back(false);
    }
    order[place++].old_index = i;
  }
  // Places past the last that is needed hold nothing.
  while (!order.empty() && order.back().old_index == kNowhere && !order.back().substitute) {
    order.pop_back();
  }
  return order;
}

// Puts right what the object says about one package that it imports, now that the link has
// `imported` for it.
absl::Status FollowImport(Object& object, size_t autolib, const ObjectView& imported,
                          absl::string_view path) {
  if (object.view().AutolibFingerprint(autolib) == imported.fingerprint()) return absl::OkStatus();
  object.SetImportFingerprint(autolib, imported.fingerprint());
  const ObjectView& view = object.view();
  uint32_t pkg = 0;
  for (uint32_t i = 1; i < view.Count(kPkgIndex); i++) {
    if (view.PackageName(i) == path) pkg = i;
  }
  if (pkg == 0) return absl::OkStatus();  // no references by index

  absl::flat_hash_map<absl::string_view, uint32_t> index_of;
  for (uint32_t i = 0; i < imported.Count(kSymbolDef); i++) {
    index_of.try_emplace(imported.Symbol(kSymbolDef, i).name, i);
  }
  absl::flat_hash_map<uint32_t, uint32_t> new_index;
  std::string lost;
  for (size_t i = 0; i < view.Count(kRefName); i++) {
    const SymRef ref = view.RefNameRef(i);
    if (ref.pkg != pkg) continue;
    const auto found = index_of.find(view.RefNameName(i));
    if (found == index_of.end()) {
      lost = std::string(view.RefNameName(i));
    } else {
      new_index[ref.index] = found->second;
    }
  }
  absl::Status status = object.Remap(pkg, [&](uint32_t index) {
    const auto found = new_index.find(index);
    if (found != new_index.end()) return found->second;
    if (lost.empty()) lost = absl::StrCat("its symbol ", index);
    return index;
  });
  if (!status.ok() || lost.empty()) return status;
  return absl::FailedPreconditionError(
      absl::StrCat("our runtime refers to ", lost, ", which the link's package ", path, " lacks"));
}

absl::Status FollowImports(Object& object, const std::vector<LinkedPackage>& imports) {
  for (size_t i = 0; i < object.view().Count(kAutolib); i++) {
    const absl::string_view path = absl::StripSuffix(object.view().AutolibName(i), ".a");
    for (const LinkedPackage& import : imports) {
      if (import.import_path != path) continue;
      absl::StatusOr<Package> package = OpenPackage(import.file);
      if (!package.ok()) return package.status();
      absl::Status status = FollowImport(object, i, package->object, path);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

// Gives a Go member stock's release; `storage` keeps the bytes. cmd/link compares the release
// exactly, so our archive, compiled once, would not link with another 1.15.x.
void ReplaceRelease(Member& member, absl::string_view release, std::deque<std::string>& storage) {
  absl::StatusOr<GoTarget> target = ParseGoObjectLine(GoObjectLine(member.data));
  if (!target.ok() || target->version == release) return;
  const size_t at = target->version.data() - member.data.data();
  member.data = storage.emplace_back(absl::StrCat(member.data.substr(0, at), release,
                                                  member.data.substr(at + target->version.size())));
}

}  // namespace

GoTarget Package::target() const {
  absl::StatusOr<GoTarget> target = ParseGoObjectLine(object_line);
  return target.ok() ? *target : GoTarget{};
}

absl::StatusOr<Package> OpenPackage(const std::string& path) {
  absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::vector<Member>> members = ParseArchive(file->bytes());
  if (!members.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", members.status().message()));
  }
  Package package{*std::move(file), *std::move(members), {}, {}, {}};
  bool has_object = false;
  for (const Member& member : package.members) {
    if (member.name == kPkgDefName) package.export_data = ExportDataOf(member.data);
    if (member.name != kGoObjectName || has_object) continue;
    const GoMember parts = SplitGoMember(member.data);
    absl::StatusOr<ObjectView> object = ObjectView::Parse(parts.object);
    if (!object.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": ", object.status().message()));
    }
    package.object_line = GoObjectLine(member.data);
    package.object = *object;
    has_object = true;
  }
  if (!has_object) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": no Go object in the archive"));
  }
  return package;
}

absl::StatusOr<std::vector<KnownSymbol>> KnownByIndex(const Package& stock) {
  absl::StatusOr<ExportData> exports = ReadExportData(stock.export_data);
  if (!exports.ok()) return exports.status();
  std::vector<KnownSymbol> known;
  for (const ExportedSymbol& symbol : exports->symbols) {
    if (!symbol.package.empty() || symbol.index < 0) continue;
    if (static_cast<uint64_t>(symbol.index) >= stock.object.Count(kSymbolDef)) {
      return absl::InvalidArgumentError(
          absl::StrCat("export data: index of ", symbol.name, " is out of range"));
    }
    const uint32_t index = static_cast<uint32_t>(symbol.index);
    const SymbolInfo info = stock.object.Symbol(kSymbolDef, index);
    known.push_back({index, std::string(info.name), info.abi, info.kind == kKindText});
  }
  const auto by_index = [](const KnownSymbol& a, const KnownSymbol& b) {
    return a.index < b.index;
  };
  std::sort(known.begin(), known.end(), by_index);
  const auto same = [](const KnownSymbol& a, const KnownSymbol& b) { return a.index == b.index; };
  known.erase(std::unique(known.begin(), known.end(), same), known.end());
  return known;
}

absl::StatusOr<Relinked> Relink(const Package& stock, const Package& ours,
                                const std::vector<LinkedPackage>& imports) {
  const GoTarget want = stock.target(), have = ours.target();
  if (want.goos != have.goos || want.goarch != have.goarch) {
    return absl::FailedPreconditionError(absl::StrCat("our archive is for ", have.goos, "/",
                                                      have.goarch, ", the stock archive for ",
                                                      want.goos, "/", want.goarch));
  }
  absl::StatusOr<std::vector<KnownSymbol>> known = KnownByIndex(stock);
  if (!known.ok()) return known.status();

  Relinked result;
  std::vector<Member> members = ours.members;
  std::deque<std::string> storage;
  for (Member& member : members) {
    if (member.name == kPkgDefName) {
      const auto is_pkgdef = [](const Member& m) { return m.name == kPkgDefName; };
      const auto found = std::find_if(stock.members.begin(), stock.members.end(), is_pkgdef);
      if (found != stock.members.end()) member.data = found->data;
      continue;
    }
    if (member.name == kGoObjectName) {
      const GoMember parts = SplitGoMember(member.data);
      absl::StatusOr<Object> object = Object::Parse(parts.object);
      if (!object.ok()) return object.status();

      if (absl::Status followed = FollowImports(*object, imports); !followed.ok()) return followed;
      const std::vector<Place> order = Arrange(*known, object->defs);
      std::vector<uint32_t> new_index(object->defs.size());
      std::vector<Symbol> defs;
      defs.reserve(order.size());
      for (const Place& place : order) {
        const uint32_t at = static_cast<uint32_t>(defs.size());
        if (place.old_index != kNowhere) {
          new_index[place.old_index] = at;
          result.moved += place.old_index != at;
          defs.push_back(object->defs[place.old_index]);
        } else if (place.substitute == nullptr) {
          defs.push_back(object->MakeDummy());
          result.dummies++;
        } else if (place.substitute->is_function) {
          defs.push_back(object->MakeAbiAlias(place.substitute->name));
          result.aliases++;
        } else {
          defs.push_back(object->MakeDataPlaceholder(place.substitute->name));
          result.placeholders++;
        }
      }
      bool in_range = true;
      const absl::Status status = object->RemapSelf([&](uint32_t index) {
        if (index < new_index.size()) return new_index[index];
        in_range = false;
        return index;
      });
      if (!status.ok()) return status;
      if (!in_range) return absl::InvalidArgumentError("goobj2: self reference out of range");
      object->defs = std::move(defs);
      object->fingerprint = stock.object.fingerprint();
      result.symbols = object->defs.size();
      member.data = storage.emplace_back(absl::StrCat(parts.text, object->Encode()));
    }
    ReplaceRelease(member, want.version, storage);
  }
  result.archive = EncodeArchive(members);

  const Definitions definitions(members);
  for (const KnownSymbol& symbol : *known) {
    if (!definitions.Has(symbol.name, symbol.abi)) result.missing.push_back(symbol);
  }
  return result;
}

absl::StatusOr<std::string> WithRelease(absl::string_view archive, absl::string_view release) {
  absl::StatusOr<std::vector<Member>> members = ParseArchive(archive);
  if (!members.ok()) return members.status();
  std::deque<std::string> storage;
  for (Member& member : *members) ReplaceRelease(member, release, storage);
  return EncodeArchive(*members);
}

}  // namespace gort::relink
