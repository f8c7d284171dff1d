// SPDX-License-Identifier: BSD-3-Clause
//
// Moving and clearing memory beside the C library, by size: forward copies of separate regions,
// sizes that a branch predictor cannot learn, overlapping regions moved up. Names are Go's own
// (BenchmarkMemmove/64), so that stock's numbers, from `go test -bench Memmove runtime`, stand in
// the next column.
//
// Before: arch/memory.h   After: bench/malloc_bench.cc
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "arch/arch.h"
#include "arch/memory.h"

namespace gort {
namespace {

void CMove(void* to, const void* from, size_t n) { std::memmove(to, from, n); }
void CClear(void* to, size_t n) { std::memset(to, 0, n); }

using MoveFunction = void (*)(void*, const void*, size_t);
using ClearFunction = void (*)(void*, size_t);

template <MoveFunction move>
void Move(benchmark::State& state) {
  arch::DetectFeatures();
  const size_t n = static_cast<size_t>(state.range(0));
  std::vector<uint8_t> from(n + 64, 1), to(n + 64);
  for (auto _ : state) {
    move(to.data(), from.data(), n);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * n));
}

// The regions overlap, the target lies 8 bytes above: the loop runs backwards.
template <MoveFunction move>
void MoveUp(benchmark::State& state) {
  arch::DetectFeatures();
  const size_t n = static_cast<size_t>(state.range(0));
  std::vector<uint8_t> bytes(n + 64, 1);
  for (auto _ : state) {
    move(bytes.data() + 8, bytes.data(), n);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * n));
}

// Sizes 1 to 256 in an order that repeats after 4096 calls.
template <MoveFunction move>
void MoveRandomSizes(benchmark::State& state) {
  arch::DetectFeatures();
  std::vector<uint8_t> from(512, 1), to(512);
  std::vector<uint16_t> sizes(4096);
  std::mt19937 random(1);
  for (uint16_t& n : sizes) n = static_cast<uint16_t>(random() % 256 + 1);
  size_t i = 0;
  for (auto _ : state) {
    move(to.data(), from.data(), sizes[i++ & 4095]);
    benchmark::ClobberMemory();
  }
}

template <ClearFunction clear>
void Clear(benchmark::State& state) {
  arch::DetectFeatures();
  const size_t n = static_cast<size_t>(state.range(0));
  std::vector<uint8_t> to(n + 64, 1);
  for (auto _ : state) {
    clear(to.data(), n);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * n));
}

void Sizes(benchmark::internal::Benchmark* b) {
  for (int64_t n :
       {0, 1, 4, 8, 16, 24, 32, 64, 128, 256, 512, 1024, 4096, 1 << 16, 1 << 20, 1 << 22})
    b->Arg(n);
}

BENCHMARK_TEMPLATE(Move, arch::MoveMemory)->Name("Memmove/gort")->Apply(Sizes);
BENCHMARK_TEMPLATE(Move, CMove)->Name("Memmove/libc")->Apply(Sizes);
BENCHMARK_TEMPLATE(MoveUp, arch::MoveMemory)
    ->Name("MemmoveOverlap/gort")
    ->Arg(64)
    ->Arg(1024)
    ->Arg(1 << 16);
BENCHMARK_TEMPLATE(MoveUp, CMove)->Name("MemmoveOverlap/libc")->Arg(64)->Arg(1024)->Arg(1 << 16);
BENCHMARK_TEMPLATE(MoveRandomSizes, arch::MoveMemory)->Name("MemmoveRandomSizes/gort");
BENCHMARK_TEMPLATE(MoveRandomSizes, CMove)->Name("MemmoveRandomSizes/libc");
BENCHMARK_TEMPLATE(Clear, arch::ClearMemory)->Name("Memclr/gort")->Apply(Sizes);
BENCHMARK_TEMPLATE(Clear, CClear)->Name("Memclr/libc")->Apply(Sizes);

}  // namespace
}  // namespace gort
