// SPDX-License-Identifier: BSD-3-Clause
//
// The interpreter of call frame instructions (DWARF 5 section 6.4, and the .eh_frame variant of the
// Linux Standard Base: CIE pointers count backwards, augmentation "zR" names the encoding of
// addresses).
//
// Before: frame_rows.h   After: call_graph.cc
#include "tools/leaf/frame_rows.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace gort::leaf {
namespace {

// DWARF numbers of the three registers that matter.
struct Registers {
  uint64_t sp, fp, ra;
};
Registers RegistersOf(Machine machine) {
  return machine == Machine::kAmd64 ? Registers{7, 6, 16} : Registers{31, 29, 30};
}

class Reader {
 public:
  Reader(absl::string_view data, size_t at, size_t end)
      : data_(data), at_(at), end_(std::min(end, data.size())) {}

  bool done() const { return failed_ || at_ >= end_; }
  bool failed() const { return failed_; }
  size_t at() const { return at_; }
  void Skip(size_t n) {
    if (n > end_ - at_) failed_ = true;
    at_ += failed_ ? 0 : n;
  }
  template <typename T>
  T Fixed() {
    T value{};
    if (sizeof(T) > end_ - at_) {
      failed_ = true;
      at_ = end_;
      return value;
    }
    std::memcpy(&value, data_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  uint64_t Uleb() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      uint8_t byte = Fixed<uint8_t>();
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) break;
    }
    return value;
  }
  int64_t Sleb() {
    uint64_t value = 0;
    int shift = 0;
    uint8_t byte = 0;
    do {
      byte = Fixed<uint8_t>();
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      shift += 7;
    } while ((byte & 0x80) != 0 && shift < 64);
    if (shift < 64 && (byte & 0x40) != 0) value |= ~uint64_t{0} << shift;
    return static_cast<int64_t>(value);
  }
  std::string String() {
    std::string out;
    for (char c = Fixed<char>(); c != '\0' && !failed_; c = Fixed<char>()) out += c;
    return out;
  }

 private:
  absl::string_view data_;
  size_t at_;
  size_t end_;
  bool failed_ = false;
};

struct Cie {
  uint64_t code_align = 1;
  int64_t data_align = -8;
  uint8_t address_encoding = 0;
  bool has_augmentation_size = false;
  size_t instructions_at = 0;
  size_t end = 0;
};

// The state of the machine: CFA rule, and saved registers as offsets from the CFA.
struct State {
  uint64_t cfa_register = 0;
  int64_t cfa_offset = 0;
  std::map<uint64_t, int64_t> saved;
};

class Interpreter {
 public:
  Interpreter(const ElfObject& object, int text_section, int frame_section)
      : object_(object),
        registers_(RegistersOf(object.machine())),
        text_section_(text_section),
        frame_section_(frame_section),
        data_(object.sections()[frame_section].data) {}

  absl::StatusOr<FrameRows> Run();

 private:
  absl::StatusOr<Cie> ReadCie(size_t at);
  absl::Status ReadFde(size_t at, size_t cie_at, size_t end);
  absl::Status Execute(const Cie& cie, Reader reader, State& state, const State* initial,
                       uint64_t begin);
  absl::Status Emit(uint64_t begin, const State& state);
  absl::Status Error(uint64_t offset, absl::string_view what) const;

  const ElfObject& object_;
  Registers registers_;
  int text_section_;
  int frame_section_;
  absl::string_view data_;
  FrameRows out_;
};

absl::Status Interpreter::Error(uint64_t offset, absl::string_view what) const {
  std::string where = "?";
  for (const ElfSymbol& symbol : object_.symbols()) {
    if (symbol.section == text_section_ && symbol.is_function && symbol.value <= offset &&
        offset < symbol.value + std::max<uint64_t>(symbol.size, 1)) {
      where = symbol.name;
    }
  }
  return absl::FailedPreconditionError(
      absl::StrFormat("%s (leaf text +%#x): %s", where, offset, what));
}

absl::StatusOr<Cie> Interpreter::ReadCie(size_t at) {
  Reader reader(data_, at, data_.size());
  uint32_t length = reader.Fixed<uint32_t>();
  Cie cie;
  cie.end = at + 4 + length;
  uint32_t id = reader.Fixed<uint32_t>();
  uint8_t version = reader.Fixed<uint8_t>();
  if (id != 0 || version != 1 || cie.end > data_.size())
    return absl::DataLossError(".eh_frame: not a CIE");
  std::string augmentation = reader.String();
  cie.code_align = reader.Uleb();
  cie.data_align = reader.Sleb();
  reader.Fixed<uint8_t>();  // the return address register
  for (char c : augmentation) {
    if (c == 'z') {
      reader.Uleb();
      cie.has_augmentation_size = true;
    } else if (c == 'R') {
      cie.address_encoding = reader.Fixed<uint8_t>();
    } else {
      return absl::FailedPreconditionError(absl::StrCat(".eh_frame: augmentation ", augmentation));
    }
  }
  if (reader.failed()) return absl::DataLossError(".eh_frame: truncated CIE");
  cie.instructions_at = reader.at();
  return cie;
}

absl::Status Interpreter::Emit(uint64_t begin, const State& state) {
  FrameRow row;
  row.begin = begin;
  row.base_is_fp = state.cfa_register == registers_.fp;
  if (!row.base_is_fp && state.cfa_register != registers_.sp) {
    return Error(begin, absl::StrCat("the CFA is counted from register ", state.cfa_register,
                                     "; only the stack and frame pointers are allowed"));
  }
  if (row.base_is_fp && object_.machine() == Machine::kArm64) {
    return Error(begin, "the CFA is counted from x29; leaf code on arm64 counts from sp");
  }
  if (state.cfa_offset < 0 || state.cfa_offset > 0xffff)
    return Error(begin, "the CFA is out of reach");
  row.cfa_offset = static_cast<uint32_t>(state.cfa_offset);
  for (auto [reg, offset] : state.saved) {
    if (reg != registers_.fp && reg != registers_.ra) continue;
    if (offset >= 0 || offset % 8 != 0 || -offset / 8 > 127)
      return Error(begin, "a saved register is out of reach");
    (reg == registers_.ra ? row.ra_slot : row.fp_slot) = static_cast<uint32_t>(-offset / 8);
  }
  if (!out_.rows.empty() && out_.rows.back().begin == begin) out_.rows.pop_back();
  out_.rows.push_back(row);
  return absl::OkStatus();
}

absl::Status Interpreter::Execute(const Cie& cie, Reader reader, State& state, const State* initial,
                                  uint64_t begin) {
  std::vector<State> remembered;
  uint64_t at = begin;
  auto advance = [&](uint64_t units) {
    absl::Status status = Emit(at, state);
    at += units * cie.code_align;
    return status;
  };
  while (!reader.done()) {
    uint8_t op = reader.Fixed<uint8_t>();
    uint8_t low = op & 0x3f;
    absl::Status status;
    switch (op >> 6) {
      case 1:
        status = advance(low);
        break;
      case 2:
        state.saved[low] = static_cast<int64_t>(reader.Uleb()) * cie.data_align;
        break;
      case 3: {
        auto saved = initial->saved.find(low);
        if (saved == initial->saved.end()) {
          state.saved.erase(low);
        } else {
          state.saved[low] = saved->second;
        }
        break;
      }
      default:
        switch (op) {
          case 0x00:  // nop
            break;
          case 0x02:
            status = advance(reader.Fixed<uint8_t>());
            break;
          case 0x03:
            status = advance(reader.Fixed<uint16_t>());
            break;
          case 0x04:
            status = advance(reader.Fixed<uint32_t>());
            break;
          case 0x05: {  // offset_extended
            uint64_t reg = reader.Uleb();
            state.saved[reg] = static_cast<int64_t>(reader.Uleb()) * cie.data_align;
            break;
          }
          case 0x06:    // restore_extended
          case 0x07:    // undefined
          case 0x08: {  // same_value
            state.saved.erase(reader.Uleb());
            break;
          }
          case 0x0a:
            remembered.push_back(state);
            break;
          case 0x0b:
            if (remembered.empty()) return Error(at, "restore_state without remember_state");
            state = remembered.back();
            remembered.pop_back();
            break;
          case 0x0c:
            state.cfa_register = reader.Uleb();
            state.cfa_offset = static_cast<int64_t>(reader.Uleb());
            break;
          case 0x0d:
            state.cfa_register = reader.Uleb();
            break;
          case 0x0e:
            state.cfa_offset = static_cast<int64_t>(reader.Uleb());
            break;
          case 0x2e:  // GNU_args_size
            reader.Uleb();
            break;
          default:
            return Error(at, absl::StrFormat("call frame instruction %#x (an expression?)", op));
        }
    }
    if (!status.ok()) return status;
  }
  if (reader.failed()) return Error(at, "truncated call frame instructions");
  return initial == nullptr ? absl::OkStatus() : Emit(at, state);
}

absl::Status Interpreter::ReadFde(size_t at, size_t cie_at, size_t end) {
  auto cie = ReadCie(cie_at);
  if (!cie.ok()) return cie.status();
  // DW_EH_PE_pcrel | sdata4: what GCC and gas write for -fpie and small code models.
  if (cie->address_encoding != 0x1b)
    return absl::FailedPreconditionError(".eh_frame: unknown address encoding");
  const ElfReloc* reloc = object_.RelocIn(frame_section_, at + 8, at + 12);
  if (reloc == nullptr)
    return absl::FailedPreconditionError(".eh_frame: an FDE without relocation");
  Place place = object_.Target(*reloc, /*pc_relative_call=*/false);
  if (place.section != text_section_) {
    return absl::FailedPreconditionError(absl::StrCat("code outside the leaf text: section ",
                                                      object_.sections()[place.section].name));
  }
  Reader reader(data_, at + 12, end);
  uint32_t size = reader.Fixed<uint32_t>();
  if (cie->has_augmentation_size) reader.Skip(reader.Uleb());
  State initial;
  // The rules of a CIE are there before the first instruction, so they make no rows of their own.
  Reader cie_reader(data_, cie->instructions_at, cie->end);
  size_t rows_before = out_.rows.size();
  if (absl::Status status = Execute(*cie, cie_reader, initial, nullptr, place.offset); !status.ok())
    return status;
  out_.rows.resize(rows_before);
  State state = initial;
  if (absl::Status status = Execute(*cie, reader, state, &initial, place.offset); !status.ok())
    return status;
  out_.ranges.push_back({place.offset, place.offset + size});
  return absl::OkStatus();
}

absl::StatusOr<FrameRows> Interpreter::Run() {
  size_t at = 0;
  while (at + 4 <= data_.size()) {
    Reader reader(data_, at, data_.size());
    uint32_t length = reader.Fixed<uint32_t>();
    if (length == 0) {  // a terminator; ld -r may leave one between inputs
      at += 4;
      continue;
    }
    size_t end = at + 4 + length;
    uint32_t id = reader.Fixed<uint32_t>();
    if (length == 0xffffffff || end > data_.size() || reader.failed())
      return absl::DataLossError("truncated .eh_frame");
    if (id != 0) {
      size_t id_at = at + 4;
      if (id > id_at) return absl::DataLossError(".eh_frame: an FDE without CIE");
      if (absl::Status status = ReadFde(at, id_at - id, end); !status.ok()) return status;
    }
    at = end;
  }
  std::stable_sort(out_.rows.begin(), out_.rows.end(),
                   [](const FrameRow& a, const FrameRow& b) { return a.begin < b.begin; });
  std::sort(out_.ranges.begin(), out_.ranges.end(),
            [](const FrameRange& a, const FrameRange& b) { return a.begin < b.begin; });
  return std::move(out_);
}

}  // namespace

const FrameRow* FrameRows::At(uint64_t offset) const {
  auto range = std::upper_bound(ranges.begin(), ranges.end(), offset,
                                [](uint64_t at, const FrameRange& r) { return at < r.begin; });
  if (range == ranges.begin() || offset >= std::prev(range)->end) return nullptr;
  auto row = std::upper_bound(rows.begin(), rows.end(), offset,
                              [](uint64_t at, const FrameRow& r) { return at < r.begin; });
  return row == rows.begin() ? nullptr : &*std::prev(row);
}

absl::StatusOr<FrameRows> ReadFrameRows(const ElfObject& object, int text_section) {
  int frame_section = object.FindSection(".eh_frame");
  if (frame_section == 0) return FrameRows{};
  return Interpreter(object, text_section, frame_section).Run();
}

}  // namespace gort::leaf
