// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: functions that look to the runtime as if gc had compiled them, emitted by a test: the
// frame, the saved frame pointer, the tables that the linker would write.
//
//   GoCode code(1 << 20);
//   code.Begin({.name = "main.f", .args = 16, .args_maps = {"01"}}, 32, "110");
//                                  32 bytes of outgoing arguments, then three words of locals, the
//                                  first two of which are pointers
//   code.mov(code.Local(0), ...);  as in any Xbyak generator
//   code.Call(other);              five bytes, as gc makes it
//   code.Return();
//   code.End();
//   unwind::SetModules(code.module()->Build());
//
//   rsp + frame + 8   arguments                        Argument(i), words
//   rsp + frame       return pc
//   rsp + frame - 8   the caller's frame pointer       varp; rbp points to it
//   rsp + outgoing    locals, ascending                Local(i), words
//   rsp               arguments of calls               Outgoing(i), words
//
// Prologues do not check the stack: tests move it when they want to.
//
// Before: tests/support/module_builder.h   After: tests/support/panic_twins.h
#ifndef GORT_TESTS_SUPPORT_GO_CODE_H_
#define GORT_TESTS_SUPPORT_GO_CODE_H_

#include <xbyak/xbyak.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "runtime/abi/m.h"
#include "tests/support/module_builder.h"

namespace gort::testing_support {

class GoCode : public Xbyak::CodeGenerator {
 public:
  explicit GoCode(size_t bytes) : Xbyak::CodeGenerator(bytes) {}

  ModuleBuilder* module() { return &module_; }

  // ---- A function. ----

  // The spec's entry, size, frame_size, locals_maps and stack_map are filled in here. A map of the
  // locals is valid from the first call on, so the function clears what the map calls pointers.
  uintptr_t Begin(FunctionSpec spec, uint32_t outgoing, const std::string& locals) {
    Open(std::move(spec));
    outgoing_ = outgoing;
    frame_ = outgoing + static_cast<uint32_t>(locals.size()) * 8 + 8;
    spec_.locals_maps = {locals};
    spec_.stack_map = {{0, 0}};
    sub(rsp, frame_);
    spec_.frame_size.push_back({Offset(), static_cast<int32_t>(frame_)});
    mov(qword[rsp + frame_ - 8], rbp);
    lea(rbp, ptr[rsp + frame_ - 8]);
    if (spec_.id == abi::kFuncWrapper) HandOnArgumentPointer();
    for (uint32_t i = 0; i < locals.size(); i++) {
      if (locals[i] == '1') mov(Local(i), 0);
    }
    return spec_.entry;
  }

  // A function without a frame of its own.
  uintptr_t BeginFrameless(FunctionSpec spec) {
    Open(std::move(spec));
    outgoing_ = frame_ = 0;
    return spec_.entry;
  }

  void Return() {
    if (frame_ != 0) {
      mov(rbp, qword[rsp + frame_ - 8]);
      add(rsp, frame_);
      spec_.frame_size.push_back({Offset(), 0});
    }
    ret();
    if (frame_ != 0) spec_.frame_size.push_back({Offset(), static_cast<int32_t>(frame_)});
  }

  void End() {
    if (spec_.frame_size.back().offset == Offset()) spec_.frame_size.pop_back();
    spec_.size = Offset();
    module_.Add(std::move(spec_));
  }

  FunctionSpec& spec() { return spec_; }
  uint32_t frame() const { return frame_; }
  uint32_t Offset() const { return static_cast<uint32_t>(Here() - spec_.entry); }
  uintptr_t Here() const { return reinterpret_cast<uintptr_t>(getCurr()); }

  // Bytes between the end of the locals and the word, as tables of open-coded defers count.
  uint32_t BelowLocalsEnd(uint32_t local) const { return frame_ - 8 - outgoing_ - local * 8; }
  Xbyak::Address Local(uint32_t word) const { return qword[rsp + outgoing_ + word * 8]; }
  Xbyak::Address Outgoing(uint32_t word) const { return qword[rsp + word * 8]; }
  Xbyak::Address Argument(uint32_t word) const { return qword[rsp + frame_ + 8 + word * 8]; }

  // A call of Go text in this buffer.
  void Call(uintptr_t function) { call(reinterpret_cast<const void*>(function)); }
  // A call of leaf C++, on the goroutine's stack.
  void CallLeaf(void (*leaf)()) {
    mov(rax, reinterpret_cast<uintptr_t>(leaf));
    call(rax);
  }

  // ---- The seam. ----

  // What arch/amd64/stub.h is for the assembler. args: the map of its argument block.
  template <typename Impl>
  uintptr_t SystemStub(const std::string& name, Impl* impl, const std::string& args) {
    const uintptr_t self =
        BeginFrameless({.name = name, .args = static_cast<int32_t>(args.size() * 8)});
    if (!args.empty()) {
      spec_.args_maps = {args};
      spec_.stack_map = {{0, 0}};
    }
    Xbyak::Label redirect;
    lea(rdi, ptr[rsp + 8]);
    LoadG(r12);
    mov(r13, ptr[r12 + offsetof(abi::g, m)]);
    mov(r14, ptr[r13 + offsetof(abi::m, g0)]);
    mov(rax, self);
    mov(Saved(r12, offsetof(abi::gobuf, pc)), rax);
    mov(Saved(r12, offsetof(abi::gobuf, sp)), rsp);
    mov(Saved(r12, offsetof(abi::gobuf, bp)), rbp);
    StoreG(r14, rbx);
    mov(rsp, Saved(r14, offsetof(abi::gobuf, sp)));
    mov(rax, reinterpret_cast<uintptr_t>(impl));
    call(rax);
    StoreG(r12, rbx);
    mov(rsp, Saved(r12, offsetof(abi::gobuf, sp)));
    mov(rbp, Saved(r12, offsetof(abi::gobuf, bp)));
    mov(rax, Saved(r12, offsetof(abi::gobuf, ret)));
    mov(Saved(r12, offsetof(abi::gobuf, sp)), 0);
    test(rax, rax);
    jnz(redirect);
    ret();
    L(redirect);
    mov(Saved(r12, offsetof(abi::gobuf, ret)), 0);
    jmp(rax);
    End();
    return self;
  }

  void LoadG(const Xbyak::Reg64& to) {
    mov(to, TlsgOffset());
    putSeg(fs);
    mov(to, ptr[to]);
  }
  void StoreG(const Xbyak::Reg64& g, const Xbyak::Reg64& scratch) {
    mov(scratch, TlsgOffset());
    putSeg(fs);
    mov(ptr[scratch], g);
  }

 private:
  Xbyak::Address Saved(const Xbyak::Reg64& g, size_t field) const {
    return qword[g + offsetof(abi::g, sched) + field];
  }
  static int64_t TlsgOffset() {
    int64_t offset;
    __asm__("movq $runtime.tlsg@tpoff, %0" : "=r"(offset));
    return offset;
  }

  void Open(FunctionSpec spec) {
    align(16);
    spec_ = std::move(spec);
    spec_.entry = Here();
    spec_.frame_size = {{0, 0}};
  }

  // What gc puts into the prologue of a wrapper: if the newest panic called this function, what
  // this function calls counts as called by the panic.
  void HandOnArgumentPointer() {
    Xbyak::Label done;
    LoadG(rcx);
    mov(rbx, ptr[rcx + offsetof(abi::g, _panic)]);
    test(rbx, rbx);
    jz(done);
    lea(rdi, ptr[rsp + frame_ + 8]);
    cmp(ptr[rbx + offsetof(abi::_panic, argp)], rdi);
    jne(done);
    mov(ptr[rbx + offsetof(abi::_panic, argp)], rsp);
    L(done);
  }

  ModuleBuilder module_;
  FunctionSpec spec_;
  uint32_t outgoing_ = 0;
  uint32_t frame_ = 0;
};

}  // namespace gort::testing_support

#endif  // GORT_TESTS_SUPPORT_GO_CODE_H_
