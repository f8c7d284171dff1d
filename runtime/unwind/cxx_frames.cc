// SPDX-License-Identifier: BSD-3-Clause
//
// The interpreter of call frame information, for one pc at a time. See cxx_frames.h.
//
// Before: runtime/unwind/cxx_frames.h   After: runtime/unwind/system_stack.cc
#include "runtime/unwind/cxx_frames.h"

#include <string.h>

#include "arch/arch.h"

namespace gort::unwind {
namespace {

// How an address is written (DW_EH_PE_*): form in the low bits, 0x10: counted from where it is.
constexpr uint8_t kAbsolute8 = 0x00;
constexpr uint8_t kUnsigned4 = 0x03;
constexpr uint8_t kSigned4 = 0x0b;
constexpr uint8_t kSigned8 = 0x0c;
constexpr uint8_t kFromHere = 0x10;

class Reader {
 public:
  Reader(const uint8_t* at, const uint8_t* end) : at_(at), end_(end) {}

  bool done() const { return at_ >= end_; }
  const uint8_t* at() const { return at_; }
  void Skip(uint64_t n) { at_ = n < static_cast<uint64_t>(end_ - at_) ? at_ + n : end_; }

  // 0 behind the end.
  template <typename T>
  T Fixed() {
    T value = 0;
    if (static_cast<uint64_t>(end_ - at_) >= sizeof(T)) memcpy(&value, at_, sizeof(T));
    Skip(sizeof(T));
    return value;
  }
  uint64_t Uleb() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = Fixed<uint8_t>();
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) break;
    }
    return value;
  }
  int64_t Sleb() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64;) {
      const auto byte = Fixed<uint8_t>();
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      shift += 7;
      if ((byte & 0x80) != 0) continue;
      if (shift < 64 && (byte & 0x40) != 0) value |= ~uint64_t{0} << shift;
      break;
    }
    return static_cast<int64_t>(value);
  }
  uintptr_t Encoded(uint8_t encoding) {
    const auto here = reinterpret_cast<uintptr_t>(at_);
    uintptr_t value = 0;
    switch (encoding & 0x0f) {
      case kUnsigned4:
        value = Fixed<uint32_t>();
        break;
      case kSigned4:
        value = static_cast<uintptr_t>(static_cast<intptr_t>(Fixed<int32_t>()));
        break;
      case kAbsolute8:
      case kSigned8:
      default:
        value = Fixed<uint64_t>();
        break;
    }
    return (encoding & kFromHere) != 0 ? here + value : value;
  }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

struct Cie {
  uint64_t code_align;
  int64_t data_align;
  uint8_t address_encoding;
  bool sized_augmentation;
  bool signal_frame;  // the caller is what a signal interrupted
  Reader instructions;
};

struct Fde {
  uintptr_t begin;
  Cie cie;
  Reader instructions;
};

// Where a register of the caller is.
struct Place {
  enum Kind : uint8_t { kSame, kSaved, kSavedAtFp, kUnknown } kind;
  int64_t offset;  // from the CFA, or the frame pointer
};

struct Rules {
  uint64_t cfa_register;  // ~0: none of those that are known here
  int64_t cfa_offset;
  bool cfa_in_memory;  // the sum is the address of a word that holds it
  Place fp, return_pc;

  Place* Of(uint64_t reg) {
    if (reg == arch::kDwarfFp) return &fp;
    return reg == arch::kDwarfReturn ? &return_pc : nullptr;
  }
  void Set(uint64_t reg, Place place) {
    if (Place* p = Of(reg)) *p = place;
  }
  void Restore(uint64_t reg, const Rules& at_entry) {
    if (reg == arch::kDwarfFp) fp = at_entry.fp;
    if (reg == arch::kDwarfReturn) return_pc = at_entry.return_pc;
  }
};

constexpr uint64_t kNoRegister = ~uint64_t{0};

// An expression as GCC writes it for a function that aligns its stack: the frame pointer plus a
// number, or the word there.
struct Sum {
  bool ok;
  bool in_memory;
  int64_t offset;
};

Sum ReadExpression(Reader* reader) {
  const uint64_t length = reader->Uleb();
  Reader inner(reader->at(), reader->at() + length);
  reader->Skip(length);
  constexpr uint8_t kRegisterPlus = 0x70;  // DW_OP_breg0
  constexpr uint8_t kDereference = 0x06;
  if (inner.Fixed<uint8_t>() != kRegisterPlus + arch::kDwarfFp) return {false, false, 0};
  const int64_t offset = inner.Sleb();
  if (inner.done()) return {true, false, offset};
  return {inner.Fixed<uint8_t>() == kDereference && inner.done(), true, offset};
}

Cie ReadCie(const uint8_t* record) {
  Reader reader(record, record + 4);
  const auto length = reader.Fixed<uint32_t>();
  reader = Reader(record + 4, record + 4 + length);
  reader.Skip(4 + 1);  // that it is a CIE; version
  const auto* augmentation = reinterpret_cast<const char*>(reader.at());
  reader.Skip(strlen(augmentation) + 1);
  Cie cie = {reader.Uleb(), reader.Sleb(), kAbsolute8, false, false, reader};
  reader.Uleb();  // the register of the return address
  for (const char* c = augmentation; *c != '\0'; ++c) {
    if (*c == 'z') {
      cie.sized_augmentation = true;
      reader.Uleb();
    } else if (*c == 'R') {
      cie.address_encoding = reader.Fixed<uint8_t>();
    } else if (*c == 'L') {
      reader.Skip(1);
    } else if (*c == 'P') {
      const auto encoding = reader.Fixed<uint8_t>();
      reader.Encoded(encoding);
    } else if (*c == 'S') {
      cie.signal_frame = true;
    }
  }
  cie.instructions = reader;
  return cie;
}

// The FDE of the function that pc is in; false: there is none.
bool FindFde(const MemoryRange& tables, uintptr_t pc, Fde* fde) {
  for (const uint8_t* at = tables.begin; at + 8 <= tables.end;) {
    Reader reader(at, tables.end);
    const auto length = reader.Fixed<uint32_t>();
    const uint8_t* body = at + 4;
    if (length == 0xffffffff || length > static_cast<uint64_t>(tables.end - body)) return false;
    at = body + length;
    if (length == 0) continue;  // an object file's last record
    const auto to_cie = reader.Fixed<uint32_t>();
    if (to_cie == 0) continue;
    if (to_cie > static_cast<uint64_t>(body - tables.begin)) return false;
    const Cie cie = ReadCie(body - to_cie);
    reader = Reader(body + 4, at);
    const uintptr_t begin = reader.Encoded(cie.address_encoding);
    const uintptr_t size = reader.Encoded(cie.address_encoding & 0x0f);
    if (pc - begin >= size) continue;
    if (cie.sized_augmentation) reader.Skip(reader.Uleb());
    *fde = {begin, cie, reader};
    return true;
  }
  return false;
}

// Runs instructions until they are about code behind pc. at_entry: what restore goes back to.
void Execute(Reader reader, const Cie& cie, uintptr_t begin, uintptr_t pc, const Rules& at_entry,
             Rules* rules) {
  constexpr int kMostRemembered = 4;
  Rules remembered[kMostRemembered];
  int depth = 0;
  uintptr_t at = begin;
  while (!reader.done() && at <= pc) {
    const auto op = reader.Fixed<uint8_t>();
    const uint8_t low = op & 0x3f;
    auto saved = [&](int64_t factor) { return Place{Place::kSaved, factor * cie.data_align}; };
    switch (op >> 6) {
      case 1:  // advance_loc
        at += low * cie.code_align;
        continue;
      case 2:  // offset
        rules->Set(low, saved(static_cast<int64_t>(reader.Uleb())));
        continue;
      case 3:  // restore
        rules->Restore(low, at_entry);
        continue;
      default:
        break;
    }
    switch (op) {
      case 0x00:  // nop
      case 0x2d:  // a return address that is signed from here on
        break;
      case 0x01:  // set_loc
        at = reader.Encoded(cie.address_encoding);
        break;
      case 0x02:  // advance_loc1, 2, 4
        at += reader.Fixed<uint8_t>() * cie.code_align;
        break;
      case 0x03:
        at += reader.Fixed<uint16_t>() * cie.code_align;
        break;
      case 0x04:
        at += reader.Fixed<uint32_t>() * cie.code_align;
        break;
      case 0x05: {  // offset_extended
        const uint64_t reg = reader.Uleb();
        rules->Set(reg, saved(static_cast<int64_t>(reader.Uleb())));
        break;
      }
      case 0x06:  // restore_extended
        rules->Restore(reader.Uleb(), at_entry);
        break;
      case 0x07:  // undefined
        rules->Set(reader.Uleb(), {Place::kUnknown, 0});
        break;
      case 0x08:  // same_value
        rules->Set(reader.Uleb(), {Place::kSame, 0});
        break;
      case 0x0a:  // remember_state
        if (depth < kMostRemembered) remembered[depth] = *rules;
        depth++;
        break;
      case 0x0b:  // restore_state
        depth--;
        if (depth >= 0 && depth < kMostRemembered) *rules = remembered[depth];
        break;
      case 0x0c:  // def_cfa
        rules->cfa_register = reader.Uleb();
        rules->cfa_offset = static_cast<int64_t>(reader.Uleb());
        rules->cfa_in_memory = false;
        break;
      case 0x0d:  // def_cfa_register
        rules->cfa_register = reader.Uleb();
        break;
      case 0x0e:  // def_cfa_offset
        rules->cfa_offset = static_cast<int64_t>(reader.Uleb());
        break;
      case 0x0f: {  // def_cfa_expression
        const Sum sum = ReadExpression(&reader);
        rules->cfa_register = sum.ok ? arch::kDwarfFp : kNoRegister;
        rules->cfa_offset = sum.offset;
        rules->cfa_in_memory = sum.in_memory;
        break;
      }
      case 0x11: {  // offset_extended_sf
        const uint64_t reg = reader.Uleb();
        rules->Set(reg, saved(reader.Sleb()));
        break;
      }
      case 0x12:  // def_cfa_sf
        rules->cfa_register = reader.Uleb();
        rules->cfa_offset = reader.Sleb() * cie.data_align;
        rules->cfa_in_memory = false;
        break;
      case 0x13:  // def_cfa_offset_sf
        rules->cfa_offset = reader.Sleb() * cie.data_align;
        break;
      case 0x10: {  // expression
        const uint64_t reg = reader.Uleb();
        const Sum sum = ReadExpression(&reader);
        rules->Set(reg, sum.ok && !sum.in_memory ? Place{Place::kSavedAtFp, sum.offset}
                                                 : Place{Place::kUnknown, 0});
        break;
      }
      case 0x16:  // val_expression
        rules->Set(reader.Uleb(), {Place::kUnknown, 0});
        reader.Skip(reader.Uleb());
        break;
      case 0x2e:  // GNU_args_size
        reader.Uleb();
        break;
      default:  // an instruction that no compiler writes for this purpose
        rules->cfa_register = kNoRegister;
        return;
    }
  }
}

}  // namespace

bool StepCxx(const MemoryRange& tables, uintptr_t stack_end, CxxFrame* frame) {
  Fde fde = {0, {0, 0, 0, false, false, {nullptr, nullptr}}, {nullptr, nullptr}};
  const uintptr_t pc = frame->call_pc();
  if (!FindFde(tables, pc, &fde) || fde.cie.signal_frame) return false;
  Rules rules = {kNoRegister, 0, false, {Place::kSame, 0}, {Place::kSame, 0}};
  // What the CIE says holds at the entry, whatever the pc.
  Execute(fde.cie.instructions, fde.cie, fde.begin, fde.begin, rules, &rules);
  const Rules at_entry = rules;
  Execute(fde.instructions, fde.cie, fde.begin, pc, at_entry, &rules);

  bool known = true;
  auto word_at = [&](uintptr_t at) -> uintptr_t {
    known = known && at >= frame->sp && at % sizeof(at) == 0 && at <= stack_end - sizeof(at);
    return known ? *reinterpret_cast<const uintptr_t*>(at) : 0;
  };
  if (rules.cfa_register != arch::kDwarfSp && rules.cfa_register != arch::kDwarfFp) return false;
  uintptr_t cfa = (rules.cfa_register == arch::kDwarfSp ? frame->sp : frame->fp) +
                  static_cast<uintptr_t>(rules.cfa_offset);
  if (rules.cfa_in_memory) cfa = word_at(cfa);
  // The next frame is farther up: a walk ends, whatever is on the stack.
  if (!known || cfa < frame->sp || (cfa == frame->sp && frame->lr == 0) || cfa > stack_end)
    return false;
  auto value = [&](const Place& place, uintptr_t same) -> uintptr_t {
    const auto offset = static_cast<uintptr_t>(place.offset);
    switch (place.kind) {
      case Place::kSame:
        return same;
      case Place::kSaved:
        return word_at(cfa + offset);
      case Place::kSavedAtFp:
        return word_at(frame->fp + offset);
      default:
        known = false;
        return 0;
    }
  };
  const uintptr_t return_pc = value(rules.return_pc, frame->lr);
  if (!known || return_pc == 0) return false;
  const uintptr_t fp = value(rules.fp, frame->fp);
  *frame = {return_pc, cfa, fp, 0, false};
  return true;
}

}  // namespace gort::unwind
