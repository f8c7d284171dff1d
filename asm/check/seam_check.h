// SPDX-License-Identifier: BSD-3-Clause
//
// Completeness of the seam, checked on the finished runtime.a.
//
// The linkers do not notice what is missing here. cmd/link takes an absent compiler builtin for
// address 0 and absent data for an empty variable, and gcc only sees what one program happens to
// use. So four lists are compared with what the archive defines:
//
//   builtins    the 198 names that compiled code calls by number   (the compiler's own table)
//   references  what the installed archives of std and the tools want of package runtime
//   API         the exported functions, methods and variables      (GOROOT/api/*.txt)
//   entries     what the shim declares: each needs its C++ function, assembly or gas text
//
// A finding names the symbol and who wants it; for an entry, the line of its declaration.
//
// Before: asm/relink/references.h   After: seam_check_main.cc
#ifndef GORT_ASM_CHECK_SEAM_CHECK_H_
#define GORT_ASM_CHECK_SEAM_CHECK_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "asm/relink/references.h"

namespace gort::check {

// Defined in the archive under test or in an archive that every program links beside it
// (internal/bytealg defines runtime.memequal and runtime.cmpstring).
class SymbolTable {
 public:
  void Add(const relink::Definitions* definitions) { all_.push_back(definitions); }
  bool Has(absl::string_view name, uint16_t abi) const;

 private:
  std::vector<const relink::Definitions*> all_;
};

// Each returns its findings, one text per line, in the order of the list it checks.
std::vector<std::string> MissingBuiltins(const SymbolTable& defined);

// `api` is the text of one file, `except` that of except.txt: lines which are no longer true. Lines
// for other platforms than linux-<cpu> are passed over, and so are constants and types: programs
// see those in stock's export data.
std::vector<std::string> MissingApi(const SymbolTable& defined, absl::string_view api,
                                    absl::string_view except, absl::string_view cpu);

// `table` is entries.tsv: kind, Go symbol, ELF symbol or "-", file:line.
std::vector<std::string> MissingEntries(const SymbolTable& defined, absl::string_view table);

}  // namespace gort::check

#endif  // GORT_ASM_CHECK_SEAM_CHECK_H_
