// SPDX-License-Identifier: BSD-3-Clause
//
// The proof of leaf code, on small functions in assembly that the test assembles as the build
// would.
//
// Before: tools/leaf/call_graph.cc   After: tools/leaf/leaf_main.cc
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "tools/leaf/call_graph.h"

namespace gort::leaf {
namespace {

std::string ReadAll(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Proof {
  CallGraph graph;
  FrameRows rows;

  const Function* Find(const std::string& name) const {
    for (const Function& function : graph.functions) {
      if (function.name == name) return &function;
    }
    return nullptr;
  }
  bool Complains(const std::string& about) const {
    for (const std::string& finding : graph.findings) {
      if (finding.find(about) != std::string::npos) return true;
    }
    return false;
  }
};

Proof Prove(const std::string& body, const Exceptions& exceptions = {}) {
  const std::string base = std::string(std::getenv("TEST_TMPDIR")) + "/leaf";
  std::ofstream(base + ".s") << "\t.section .text.gort_leaf,\"ax\",@progbits\n" << body;
  const std::string command = "as -o " + base + ".o " + base +
                              ".s && objdump -d --no-show-raw-insn -j .text.gort_leaf " + base +
                              ".o > " + base + ".dis";
  EXPECT_EQ(std::system(command.c_str()), 0) << body;
  Proof proof;
  auto object = ElfObject::Parse(ReadAll(base + ".o"));
  EXPECT_TRUE(object.ok());
  const int text = object->FindSection(".text.gort_leaf");
  auto rows = ReadFrameRows(*object, text);
  EXPECT_TRUE(rows.ok()) << rows.status();
  if (!rows.ok()) return proof;
  proof.rows = *rows;
  proof.graph = BuildCallGraph(
      *object, text, proof.rows,
      ParseDisassembly(ReadAll(base + ".dis"), object->sections()[text].data.size()), exceptions);
  return proof;
}

std::string FunctionText(const std::string& name, const std::string& body) {
  return "\t.globl " + name + "\n\t.type " + name + ",@function\n" + name +
         ":\n\t.cfi_startproc\n" + body + "\t.cfi_endproc\n\t.size " + name + ",.-" + name + "\n";
}

TEST(LeafProof, CountsTheReturnPcAndEveryFrameOfTheDeepestChain) {
  Proof proof = Prove(FunctionText("outer",
                                   "\tsub $24,%rsp\n\t.cfi_adjust_cfa_offset 24\n\tcall inner\n"
                                   "\tadd $24,%rsp\n\t.cfi_adjust_cfa_offset -24\n\tret\n") +
                      FunctionText("inner",
                                   "\tpush %rbx\n\t.cfi_adjust_cfa_offset 8\n\tpop %rbx\n"
                                   "\t.cfi_adjust_cfa_offset -8\n\tret\n"));
  EXPECT_TRUE(proof.graph.findings.empty()) << proof.graph.findings[0];
  EXPECT_EQ(proof.Find("inner")->depth, 16u);
  EXPECT_EQ(proof.Find("outer")->depth, 8u + 24u + 16u);
  EXPECT_EQ(proof.Find("outer")->path, std::vector<std::string>{"inner"});
}

TEST(LeafProof, ASiblingCallStartsAtTheSameFrame) {
  Proof proof = Prove(FunctionText("first", "\tjmp second\n") + FunctionText("second", "\tret\n"));
  EXPECT_TRUE(proof.graph.findings.empty());
  EXPECT_EQ(proof.Find("first")->depth, 8u);
}

TEST(LeafProof, MayLeaveByAJumpButNotByACall) {
  EXPECT_TRUE(Prove(FunctionText("f", "\tjmp elsewhere\n")).graph.findings.empty());
  EXPECT_TRUE(Prove(FunctionText("f", "\tcall elsewhere\n\tret\n")).Complains("not leaf code"));
  EXPECT_TRUE(Prove(FunctionText("f", "\tpush %rbx\n\t.cfi_adjust_cfa_offset 8\n\tjmp elsewhere\n"))
                  .Complains("with a frame"));
}

TEST(LeafProof, AFunctionThatSwitchesStacksCostsWhatItSays) {
  Exceptions exceptions;
  exceptions.switches["switch_stack"] = 64;
  Proof proof = Prove(FunctionText("f", "\tcall switch_stack\n\tret\n"), exceptions);
  EXPECT_TRUE(proof.graph.findings.empty());
  EXPECT_EQ(proof.Find("f")->depth, 8u + 64u);
}

TEST(LeafProof, RefusesRecursion) {
  EXPECT_TRUE(Prove(FunctionText("f", "\tcall f\n\tret\n")).Complains("recursion"));
  EXPECT_TRUE(Prove(FunctionText("f", "\tcall g\n\tret\n") + FunctionText("g", "\tcall f\n\tret\n"))
                  .Complains("recursion"));
}

TEST(LeafProof, AcceptsALoopOfSiblingCalls) {
  EXPECT_TRUE(Prove(FunctionText("f", "\tjmp g\n") + FunctionText("g", "\tjmp f\n"))
                  .graph.findings.empty());
}

TEST(LeafProof, RefusesIndirectCallsAndJumps) {
  EXPECT_TRUE(Prove(FunctionText("f", "\tcall *%rax\n\tret\n")).Complains("indirect call"));
  EXPECT_TRUE(Prove(FunctionText("f", "\tjmp *%rax\n")).Complains("indirect jump"));
  Exceptions exceptions;
  exceptions.go_jumps.insert("f");
  EXPECT_TRUE(Prove(FunctionText("f", "\tjmp *(%rdx)\n"), exceptions).graph.findings.empty());
}

TEST(LeafProof, RefusesStackMovementsThatTheRowsDoNotTell) {
  EXPECT_TRUE(
      Prove(FunctionText("f", "\tpush %rbx\n\tpop %rbx\n\tret\n")).Complains("do not tell"));
  EXPECT_TRUE(Prove(FunctionText("f", "\tsub %rax,%rsp\n\tret\n")).Complains("unknown amount"));
}

TEST(LeafProof, RefusesTheRedZone) {
  EXPECT_TRUE(
      Prove(FunctionText("f", "\tmov %rax,-8(%rsp)\n\tret\n")).Complains("below the stack"));
  EXPECT_TRUE(Prove(FunctionText("f", "\tmov %rax,8(%rsp)\n\tret\n")).graph.findings.empty());
}

TEST(LeafProof, RefusesAFunctionWithoutRows) {
  EXPECT_TRUE(Prove("\t.globl f\n\t.type f,@function\nf:\tret\n\t.size f,.-f\n" +
                    FunctionText("g", "\tret\n"))
                  .Complains("no unwind rows"));
}

TEST(FrameRows, TellCfaReturnPcAndFramePointerAtEveryInstruction) {
  Proof proof = Prove(FunctionText("f",
                                   "\tnop\n"
                                   "\tpush %rbp\n\t.cfi_adjust_cfa_offset 8\n"
                                   "\t.cfi_rel_offset %rbp,0\n"
                                   "\tmov %rsp,%rbp\n\t.cfi_def_cfa_register %rbp\n"
                                   "\tpop %rbp\n\t.cfi_def_cfa %rsp,8\n\t.cfi_restore %rbp\n"
                                   "\tret\n"));
  const FrameRow* entry = proof.rows.At(0);
  EXPECT_EQ(entry->cfa_offset, 8u);
  EXPECT_EQ(entry->ra_slot, 1u);
  EXPECT_EQ(entry->fp_slot, 0u);
  const FrameRow* pushed = proof.rows.At(2);  // nop, push
  EXPECT_EQ(pushed->cfa_offset, 16u);
  EXPECT_EQ(pushed->fp_slot, 2u);
  EXPECT_FALSE(pushed->base_is_fp);
  EXPECT_TRUE(proof.rows.At(5)->base_is_fp);  // mov is three bytes
  EXPECT_EQ(proof.rows.At(6)->cfa_offset, 8u);
  EXPECT_EQ(proof.rows.At(7), nullptr) << "outside the function";
}

}  // namespace
}  // namespace gort::leaf
