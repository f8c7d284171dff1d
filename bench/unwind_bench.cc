// SPDX-License-Identifier: BSD-3-Clause
//
// What a frame costs: walking it, reporting it to Callers, moving it with its stack.
//
// The stack is that of a recursive program: three functions of 96 to 160 bytes with pointers in
// locals and arguments.
//
// Before: tests/support/module_builder.h   After: docs/unwinding.md
#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "runtime/stack/stack.h"
#include "runtime/unwind/unwinder.h"
#include "tests/support/m_with_p.h"
#include "tests/support/module_builder.h"
#include "tests/support/stack_builder.h"

namespace gort {
namespace {

using testing_support::ModuleBuilder;
using testing_support::StackBuilder;

constexpr uintptr_t kText = 0x800000;
constexpr uintptr_t kBytes = 512;

// body on an M.
template <typename F>
void OnM(F body) {
  testing_support::MWithP m;
  m.Run(body);
}

class DeepStack {
 public:
  DeepStack(int depth, uintptr_t size) {
    module_.Add({.name = "runtime.goexit",
                 .entry = kText,
                 .size = kBytes,
                 .id = abi::kFuncGoexit,
                 .frame_size = {{0, 0}}});
    for (int i = 1; i <= 3; ++i) {
      module_.Add({.name = "main.f",
                   .entry = kText + i * kBytes,
                   .size = kBytes,
                   .args = 24,
                   .frame_size = {{0, 0}, {20, 64 + 32 * i}, {300, 0}, {301, 64 + 32 * i}},
                   .stack_map = {{0, -1}, {40, 0}, {100, 1}, {140, 2}, {200, 1}},
                   .args_maps = {"100", "110", "111"},
                   .locals_maps = {"00000", "01010", "11000"}});
    }
    unwind::SetModules(module_.Build());
    g_.m = arch::GetG()->m;
    StackBuilder stack(&g_, stack::Alloc(size));
    memset(reinterpret_cast<void*>(g_.stack.lo), 0, size);
    stack.Push(kText + 4, 0);
    for (int i = 0; i < depth; ++i)
      stack.Push(kText + (i % 3 + 1) * kBytes + 210, 64 + 32 * (i % 3 + 1));
    stack.Finish();
  }
  ~DeepStack() { stack::Free(g_.stack); }
  G* g() { return &g_; }

 private:
  ModuleBuilder module_;
  G g_{};
};

void Walk(benchmark::State& state) {
  OnM([&] {
    DeepStack stack(static_cast<int>(state.range(0)), 4 << 20);
    for (auto _ : state) {
      uintptr_t sum = 0;
      for (unwind::Unwinder walk(stack.g()); walk.valid(); walk.Next()) sum += walk.frame().pc;
      benchmark::DoNotOptimize(sum);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
  });
}
BENCHMARK(Walk)->Arg(50)->Arg(10000);

void WalkWithMaps(benchmark::State& state) {
  OnM([&] {
    DeepStack stack(static_cast<int>(state.range(0)), 4 << 20);
    for (auto _ : state) {
      int64_t bits = 0;
      for (unwind::Unwinder walk(stack.g()); walk.valid(); walk.Next())
        bits += unwind::MapsOf(walk.frame()).locals.n;
      benchmark::DoNotOptimize(bits);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
  });
}
BENCHMARK(WalkWithMaps)->Arg(10000);

void Callers(benchmark::State& state) {
  OnM([&] {
    DeepStack stack(static_cast<int>(state.range(0)) + 10, 1 << 20);
    std::vector<uintptr_t> pcs(state.range(0));
    for (auto _ : state) {
      const G* g = stack.g();
      benchmark::DoNotOptimize(unwind::Callers(stack.g(), g->sched.pc, g->sched.sp, 0, 2,
                                               pcs.data(), static_cast<int>(pcs.size())));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
  });
}
BENCHMARK(Callers)->Arg(50);

// To and fro between two sizes of stack.
void Move(benchmark::State& state) {
  OnM([&] {
    const uintptr_t size = static_cast<uintptr_t>(state.range(0));
    const int depth = static_cast<int>(size / 2 / 168);
    DeepStack stack(depth, size);
    for (auto _ : state) {
      stack::Copy(stack.g(), 2 * size);
      stack::Copy(stack.g(), size);
    }
    state.SetItemsProcessed(state.iterations() * 2 * depth);
  });
}
BENCHMARK(Move)->Arg(4096)->Arg(65536)->Arg(1 << 20);

}  // namespace
}  // namespace gort
