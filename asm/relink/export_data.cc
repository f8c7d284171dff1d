// SPDX-License-Identifier: BSD-3-Clause
//
// A walk over indexed export data; the grammar is in export_data.h.
//
// A Cursor never reads outside its bytes: past the end it yields zeros and stays failed, so the
// walk has no error path of its own and one check per declaration at the end.
//
// Before: export_data.h   After: relink.cc
#include "asm/relink/export_data.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

namespace gort::relink {
namespace {

constexpr uint64_t kPredeclaredTypes = 32;
constexpr uint64_t kPredeclaredError = 19;  // the only predeclared interface
constexpr uint64_t kDefinedType = 0;
constexpr uint64_t kPointerType = 1;
constexpr uint64_t kInterfaceType = 8;

class Cursor {
 public:
  explicit Cursor(absl::string_view bytes) : rest_(bytes) {}

  uint8_t Byte() {
    if (rest_.empty()) {
      failed_ = true;
      return 0;
    }
    const uint8_t byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  uint64_t Unsigned() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = Byte();
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    failed_ = true;
    return 0;
  }
  int64_t Signed() {
    const uint64_t zigzag = Unsigned();
    return static_cast<int64_t>(zigzag >> 1) ^ -static_cast<int64_t>(zigzag & 1);
  }
  // A count of things that take at least one byte each; more than there are bytes left is an error.
  uint64_t Count() {
    const uint64_t count = Unsigned();
    if (count <= rest_.size()) return count;
    failed_ = true;
    return 0;
  }
  absl::string_view Bytes(uint64_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      return {};
    }
    const absl::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }
  bool failed() const { return failed_; }

 private:
  absl::string_view rest_;
  bool failed_ = false;
};

using DeclarationKey = std::pair<absl::string_view, absl::string_view>;  // package, name

class Reader {
 public:
  absl::StatusOr<ExportData> Read(absl::string_view bytes);

 private:
  absl::string_view StringAt(uint64_t offset) const {
    if (offset >= strings_.size()) return {};
    Cursor cursor(strings_.substr(offset));
    return cursor.Bytes(cursor.Unsigned());
  }
  absl::string_view String(Cursor& at) const { return StringAt(at.Unsigned()); }
  Cursor DataAt(uint64_t offset) const {
    return Cursor(offset < data_.size() ? data_.substr(offset) : absl::string_view{});
  }

  void SkipPosition(Cursor& at) const;
  uint64_t SkipParameter(Cursor& at) const;  // returns its type
  uint64_t SkipSignature(Cursor& at) const;  // returns the number of parameters
  uint64_t TypeTag(uint64_t type) const;
  bool IsInterface(uint64_t type, int depth) const;
  void ReadFunction(Cursor& at, ExportedSymbol symbol, uint64_t notes);
  bool ReadDeclaration(absl::string_view package, absl::string_view name, uint64_t offset);

  absl::string_view strings_, data_;
  absl::flat_hash_map<DeclarationKey, uint64_t> offsets_;
  ExportData result_;
};

void Reader::SkipPosition(Cursor& at) const {
  if ((at.Signed() & 1) == 0) return;  // column, and whether a line follows
  if ((at.Signed() & 1) != 0) at.Unsigned();
}

uint64_t Reader::SkipParameter(Cursor& at) const {
  SkipPosition(at);
  at.Unsigned();  // name
  return at.Unsigned();
}

uint64_t Reader::SkipSignature(Cursor& at) const {
  const uint64_t parameters = at.Count();
  for (uint64_t i = 0; i < parameters; i++) SkipParameter(at);
  for (uint64_t results = at.Count(); results > 0; results--) SkipParameter(at);
  if (parameters > 0) at.Unsigned();  // variadic
  return parameters;
}

uint64_t Reader::TypeTag(uint64_t type) const {
  if (type < kPredeclaredTypes) return ~uint64_t{0};
  return DataAt(type - kPredeclaredTypes).Unsigned();
}

bool Reader::IsInterface(uint64_t type, int depth) const {
  if (type < kPredeclaredTypes) return type == kPredeclaredError;
  Cursor at = DataAt(type - kPredeclaredTypes);
  const uint64_t tag = at.Unsigned();
  if (tag != kDefinedType || depth == 0) return tag == kInterfaceType;
  const absl::string_view name = String(at);
  const absl::string_view package = String(at);
  const auto found = offsets_.find(DeclarationKey{package, name});
  if (found == offsets_.end()) return false;
  Cursor declaration = DataAt(found->second);
  declaration.Byte();  // 'T'
  SkipPosition(declaration);
  return IsInterface(declaration.Unsigned(), depth - 1);
}

void Reader::ReadFunction(Cursor& at, ExportedSymbol symbol, uint64_t notes) {
  at.Unsigned();  // linkname
  symbol.index = at.Signed();
  for (; notes > 0; notes--) at.Unsigned();
  if (at.Unsigned() > 0) SkipPosition(at);  // inlinable: the position of its end
  result_.symbols.push_back(std::move(symbol));
}

bool Reader::ReadDeclaration(absl::string_view package, absl::string_view name, uint64_t offset) {
  using Kind = ExportedSymbol::Kind;
  Cursor at = DataAt(offset);
  const uint8_t tag = at.Byte();
  SkipPosition(at);
  switch (tag) {
    case 'A':
    case 'C':
      return !at.failed();
    case 'V': {
      at.Unsigned();  // type
      at.Unsigned();  // linkname
      result_.symbols.push_back({package, std::string(name), Kind::kVar, at.Signed()});
      return !at.failed();
    }
    case 'F': {
      const uint64_t parameters = SkipSignature(at);
      ReadFunction(at, {package, std::string(name), Kind::kFunc, -1}, parameters);
      return !at.failed();
    }
    case 'T':
      break;
    default:
      return false;
  }
  if (IsInterface(at.Unsigned(), 64)) return !at.failed();
  struct Method {
    std::string name;
    uint64_t notes;
  };
  std::vector<Method> methods;
  for (uint64_t count = at.Count(); count > 0; count--) {
    SkipPosition(at);
    const absl::string_view method = String(at);
    const bool on_pointer = TypeTag(SkipParameter(at)) == kPointerType;
    const uint64_t parameters = SkipSignature(at);
    methods.push_back(
        {on_pointer ? absl::StrCat("(*", name, ").", method) : absl::StrCat(name, ".", method),
         parameters + 1});
  }
  at.Unsigned();  // notinheap
  for (Method& method : methods) {
    at.Unsigned();  // nointerface
    ReadFunction(at, {package, std::move(method.name), Kind::kMethod, -1}, method.notes);
  }
  return !at.failed();
}

absl::StatusOr<ExportData> Reader::Read(absl::string_view bytes) {
  Cursor at(bytes);
  if (at.Byte() != 'i') return absl::InvalidArgumentError("export data: not in indexed form");
  if (const uint64_t version = at.Unsigned(); version != 1) {
    return absl::InvalidArgumentError(absl::StrCat("export data: unknown version ", version));
  }
  const uint64_t strings_size = at.Unsigned();
  const uint64_t data_size = at.Unsigned();
  strings_ = at.Bytes(strings_size);
  data_ = at.Bytes(data_size);

  struct Declaration {
    DeclarationKey key;
    uint64_t offset;
  };
  std::vector<Declaration> declarations;
  for (uint64_t packages = at.Count(); packages > 0; packages--) {
    const absl::string_view path = String(at);
    at.Unsigned();  // name
    at.Unsigned();  // height
    for (uint64_t count = at.Count(); count > 0; count--) {
      const absl::string_view name = String(at);
      declarations.push_back({{path, name}, at.Unsigned()});
    }
  }
  for (uint64_t packages = at.Count(); packages > 0; packages--) {  // inline bodies
    at.Unsigned();
    for (uint64_t count = at.Count(); count > 0; count--) {
      at.Unsigned();
      at.Unsigned();
    }
  }
  const absl::string_view fingerprint = at.Bytes(result_.fingerprint.size());
  if (at.failed()) return absl::InvalidArgumentError("export data: too short");
  std::copy(fingerprint.begin(), fingerprint.end(), result_.fingerprint.begin());

  for (const Declaration& d : declarations) offsets_[d.key] = d.offset;
  for (const Declaration& d : declarations) {
    if (!ReadDeclaration(d.key.first, d.key.second, d.offset)) {
      return absl::InvalidArgumentError(
          absl::StrCat("export data: cannot read the declaration of ", d.key.second));
    }
  }
  return std::move(result_);
}

}  // namespace

absl::StatusOr<ExportData> ReadExportData(absl::string_view bytes) { return Reader().Read(bytes); }

}  // namespace gort::relink
