// SPDX-License-Identifier: BSD-3-Clause
//
// Flag syntax of Go's programs; see flags.h.
//
// Before: flags.h   After: toolexec.cc
#include "tools/gort/flags.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace gort::tool {
namespace {

constexpr absl::string_view kLinkBoolean[] = {
    "V",          "a",    "c", "compressdwarf", "d", "dumpdep", "f", "g", "go115newobj", "h",
    "linkshared", "msan", "n", "race",          "s", "u",       "v", "w"};

constexpr absl::string_view kGoBoolean[] = {
    "a",    "benchmem", "c",    "cover", "failfast", "i", "json", "linkshared", "modcacherw",
    "msan", "n",        "race", "short", "trimpath", "v", "work", "x"};

template <typename Range>
ToolFlag Parse(const Arguments& argv, size_t at, const Range& boolean) {
  absl::string_view text = argv[at];
  if (text.size() < 2 || text == "--" || !absl::ConsumePrefix(&text, "-")) return {};
  absl::ConsumePrefix(&text, "-");
  const size_t equals = text.find('=');
  if (equals != absl::string_view::npos) {
    return {text.substr(0, equals), text.substr(equals + 1), 1};
  }
  const bool is_boolean =
      std::find(std::begin(boolean), std::end(boolean), text) != std::end(boolean);
  if (is_boolean || at + 1 >= argv.size()) return {text, "true", 1};
  return {text, argv[at + 1], 2};
}

}  // namespace

ToolFlag ParseToolFlag(const Arguments& argv, size_t at) { return Parse(argv, at, kLinkBoolean); }

ToolFlag ParseGoFlag(const Arguments& argv, size_t at) { return Parse(argv, at, kGoBoolean); }

std::string FlagValue(const Arguments& argv, absl::string_view name) {
  std::string value;
  for (size_t at = 1; at < argv.size();) {
    const ToolFlag flag = ParseToolFlag(argv, at);
    if (flag.words == 0) break;
    if (flag.name == name) value = std::string(flag.value);
    at += flag.words;
  }
  return value;
}

bool HasFlag(const Arguments& argv, absl::string_view name) {
  return IsTrue(FlagValue(argv, name));
}

bool IsTrue(absl::string_view value) {
  return value == "true" || value == "1" || value == "t" || value == "T" || value == "TRUE" ||
         value == "True";
}

std::string QuoteWord(absl::string_view word) {
  if (word.find_first_of(" \t\n'\"") == absl::string_view::npos) return std::string(word);
  const char* quote = word.find('\'') == absl::string_view::npos ? "'" : "\"";
  return absl::StrCat(quote, word, quote);
}

}  // namespace gort::tool
