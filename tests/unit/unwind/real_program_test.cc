// SPDX-License-Identifier: BSD-3-Clause
//
// The function table of a program that the stock linker wrote, read by our code.
//
// describe.go prints what stock says about thousands of its own addresses. This test maps the same
// executable where it would run, finds its moduledata (the structure that begins with a pointer to
// .gopclntab and its size), and asks FindFunc, the pc-value tables and the inline trees the same
// questions.
//
// Before: tests/unit/unwind/describe/describe.go   After: tests/unit/unwind/unwinder_test.cc
#include <elf.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/unwind/inline_tree.h"
#include "runtime/unwind/symbols.h"
#include "runtime/unwind/unwinder.h"

namespace gort::unwind {
namespace {

constexpr char kProgram[] = "tests/unit/unwind/describe.bin";

// Maps the loadable segments of the program at their addresses; returns its moduledata.
abi::moduledata* MapProgram() {
  const int fd = open(kProgram, O_RDONLY);
  if (fd < 0) return nullptr;
  const size_t size = lseek(fd, 0, SEEK_END);
  const auto* file = static_cast<const char*>(mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0));
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(file);
  const auto* segments = reinterpret_cast<const Elf64_Phdr*>(file + header->e_phoff);
  for (int i = 0; i < header->e_phnum; ++i) {
    const Elf64_Phdr& segment = segments[i];
    if (segment.p_type != PT_LOAD) continue;
    const uintptr_t begin = segment.p_vaddr & ~uintptr_t{4095};
    const uintptr_t end = (segment.p_vaddr + segment.p_memsz + 4095) & ~uintptr_t{4095};
    void* at = mmap(reinterpret_cast<void*>(begin), end - begin, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (at != reinterpret_cast<void*>(begin)) return nullptr;
    memcpy(reinterpret_cast<void*>(segment.p_vaddr), file + segment.p_offset, segment.p_filesz);
  }
  const auto* sections = reinterpret_cast<const Elf64_Shdr*>(file + header->e_shoff);
  const char* names = file + sections[header->e_shstrndx].sh_offset;
  const Elf64_Shdr* table = nullptr;
  const Elf64_Shdr* data = nullptr;
  for (int i = 0; i < header->e_shnum; ++i) {
    if (strcmp(names + sections[i].sh_name, ".gopclntab") == 0) table = &sections[i];
    if (strcmp(names + sections[i].sh_name, ".noptrdata") == 0) data = &sections[i];
  }
  if (table == nullptr || data == nullptr) return nullptr;
  for (uintptr_t at = data->sh_addr; at + sizeof(abi::moduledata) <= data->sh_addr + data->sh_size;
       at += 8) {
    auto* module = reinterpret_cast<abi::moduledata*>(at);
    if (reinterpret_cast<uintptr_t>(module->pclntable.array) == table->sh_addr &&
        module->pclntable.len == static_cast<intptr_t>(table->sh_size)) {
      return module;
    }
  }
  return nullptr;
}

struct Described {
  uintptr_t pc, entry;
  long line;
  std::string name, file;
};

std::vector<Described> Describe() {
  std::vector<Described> result;
  FILE* pipe = popen(kProgram, "r");
  if (pipe == nullptr) return result;
  char line[4096];
  while (fgets(line, sizeof line, pipe) != nullptr) {
    Described d;
    char name[2048], file[2048];
    if (sscanf(line, "%lx\t%lx\t%ld\t%2047[^\t]\t%2047[^\n]", &d.pc, &d.entry, &d.line, name,
               file) == 5) {
      d.name = name;
      d.file = file;
      result.push_back(d);
    }
  }
  pclose(pipe);
  return result;
}

std::string Text(abi::String s) { return std::string(reinterpret_cast<const char*>(s.str), s.len); }

class RealProgram : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    module = MapProgram();
    described = new std::vector<Described>(Describe());
  }
  void SetUp() override {
    ASSERT_NE(module, nullptr);
    ASSERT_GT(described->size(), 5000u);
    SetModules(module);
  }
  void TearDown() override { SetModules(nullptr); }

  static abi::moduledata* module;
  static std::vector<Described>* described;
};
abi::moduledata* RealProgram::module;
std::vector<Described>* RealProgram::described;

TEST_F(RealProgram, FunctionNameFileAndLineOfEveryAddressAreStocks) {
  int inlined = 0;
  for (const Described& d : *described) {
    // call_pc: the address after the first byte of the instruction.
    const CallSite site = DescribeCallPc(d.pc + 1);
    ASSERT_TRUE(FindFunc(d.pc)) << std::hex << d.pc;
    if (FindFunc(d.pc).fn != FindFunc(d.pc + 1).fn) continue;
    ASSERT_EQ(site.func.fn->entry, d.entry) << std::hex << d.pc;
    EXPECT_EQ(Text(site.function), d.name) << std::hex << d.pc;
    EXPECT_EQ(Text(site.file), d.file) << std::hex << d.pc;
    EXPECT_EQ(site.line, d.line) << std::hex << d.pc << " " << d.name;
    inlined += site.inlined;
  }
  EXPECT_GT(inlined, 100);
}

TEST_F(RealProgram, AddressesOutsideTheTextHaveNoFunction) {
  EXPECT_FALSE(FindFunc(module->minpc - 1));
  EXPECT_FALSE(FindFunc(module->maxpc));
  EXPECT_FALSE(FindFunc(0));
  EXPECT_FALSE(FindFunc(~uintptr_t{0}));
  EXPECT_TRUE(FindFunc(module->minpc));
}

TEST_F(RealProgram, EveryFunctionIsFoundAtItsFirstAndLastByte) {
  const auto* table = static_cast<const abi::functab*>(module->ftab.array);
  for (intptr_t i = 0; i + 1 < module->ftab.len; ++i) {
    ASSERT_EQ(FindFunc(table[i].entry).fn->entry, table[i].entry);
    ASSERT_EQ(FindFunc(table[i + 1].entry - 1).fn->entry, table[i].entry);
  }
}

TEST_F(RealProgram, FrameSizesAreWholeWordsAndZeroAtTheEntry) {
  const auto* table = static_cast<const abi::functab*>(module->ftab.array);
  for (intptr_t i = 0; i + 1 < module->ftab.len; ++i) {
    const FuncInfo f = FindFunc(table[i].entry);
    if (f.fn->pcsp == 0) continue;
    EXPECT_EQ(PcValueAt(f, f.fn->pcsp, f.fn->entry).value, 0) << FuncName(f);
    EXPECT_EQ(MaxPcValue(f, f.fn->pcsp) % 8, 0) << FuncName(f);
  }
}

TEST_F(RealProgram, CachedRowsAgreeWithTheTables) {
  auto* cache = new PcCache();
  for (int round = 0; round < 2; ++round) {
    for (const Described& d : *described) {
      const FuncInfo f = FindFunc(d.pc);
      PcRow* row = LookupRow(cache, d.pc, nullptr);
      ASSERT_NE(row, nullptr);
      ASSERT_EQ(row->func.fn, f.fn);
      ASSERT_EQ(row->sp_delta, PcValueAt(f, f.fn->pcsp, d.pc).value);
      if (d.pc == f.fn->entry) continue;
      const bool has_tree = FuncDataOf(f, abi::kFuncdataInlTree) != nullptr;
      ASSERT_EQ(row->inline_index,
                has_tree ? PcDataValue(f, abi::kPcdataInlTreeIndex, d.pc - 1) : -1);
    }
  }
  delete cache;
}

TEST_F(RealProgram, InlineChainsEndAtThePhysicalFunction) {
  size_t longest = 0;
  for (const Described& d : *described) {
    const FuncInfo f = FindFunc(d.pc);
    LogicalFrames logical(nullptr, f, d.pc + 1);
    EXPECT_EQ(logical.name(), d.name);
    size_t depth = 1;
    while (logical.Next()) ++depth;
    EXPECT_STREQ(logical.name(), FuncName(f));
    longest = std::max(longest, depth);
  }
  EXPECT_GE(longest, 3u);
}

}  // namespace
}  // namespace gort::unwind
