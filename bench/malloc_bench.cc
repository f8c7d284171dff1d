// SPDX-License-Identifier: BSD-3-Clause
//
// The allocator's C++ side: the leaf fast path with its refills, the page heap.
//
// Before: runtime/mem/malloc_inl.h   After: bench/go
#include <benchmark/benchmark.h>

#include "runtime/abi/roots.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/malloc_inl.h"
#include "runtime/mem/page_heap.h"
#include "tests/support/with_g.h"

namespace gort::mem {
namespace {

uintptr_t zero_base;
abi::Roots bench_roots;
uint8_t every_other_word[] = {0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
                              0,    0,    0,    0,    0,    0,    0,    0};

struct World {
  World() {
    bench_roots.zerobase = &zero_base;
    roots = &bench_roots;
    Init();
    g.m = &m;
    m.p = &p;
    m.g0 = &g;
    p.mcache = NewCache();
  }
  G g{};
  M m{};
  P p{};
};
World* TheWorld() {
  static World world;
  return &world;
}

// What compiled code costs: the leaf, and the system entry when that gives up. Memory grows:
// nothing collects.
void Malloc(benchmark::State& state, bool pointers) {
  testing_support::WithG current(&TheWorld()->g);
  abi::_type type{};
  type.size = static_cast<uintptr_t>(state.range(0));
  type.ptrdata = pointers ? type.size : 0;
  type.gcdata = every_other_word;
  for (auto _ : state) {
    uintptr_t p = FastMalloc(type.size, &type, true);
    if (p == 0) p = reinterpret_cast<uintptr_t>(mem::Malloc(type.size, &type, true));
    benchmark::DoNotOptimize(p);
  }
}
BENCHMARK_CAPTURE(Malloc, Scalars, false)
    ->Arg(8)
    ->Arg(16)
    ->Arg(32)
    ->Arg(512)
    ->Arg(4096)
    ->Iterations(1 << 20);
BENCHMARK_CAPTURE(Malloc, Pointers, true)
    ->Arg(8)
    ->Arg(16)
    ->Arg(32)
    ->Arg(48)
    ->Arg(512)
    ->Iterations(1 << 20);

void PageHeapSpan(benchmark::State& state) {
  testing_support::WithG current(nullptr);
  TheWorld();
  for (auto _ : state) {
    Span* s = page_heap::AllocSpan(static_cast<uintptr_t>(state.range(0)), 0, SpanState::kInUse);
    page_heap::FreeSpan(s);
  }
}
BENCHMARK(PageHeapSpan)->Arg(1)->Arg(16)->Arg(1024);

}  // namespace
}  // namespace gort::mem
