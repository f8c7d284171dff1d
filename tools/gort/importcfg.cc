// SPDX-License-Identifier: BSD-3-Clause
//
// Reading and editing an importcfg.
//
// Before: importcfg.h   After: runtime_archive.cc
#include "tools/gort/importcfg.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace gort::tool {
namespace {

// Splits "packagefile PATH=FILE"; false for any other line.
bool SplitPackageLine(absl::string_view line, absl::string_view* package, absl::string_view* file) {
  if (!absl::ConsumePrefix(&line, "packagefile ")) return false;
  const size_t equals = line.find('=');
  if (equals == absl::string_view::npos) return false;
  *package = line.substr(0, equals);
  *file = line.substr(equals + 1);
  return true;
}

}  // namespace

ImportConfig::ImportConfig(absl::string_view text) {
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    lines_.emplace_back(line);
  }
}

std::string ImportConfig::Find(absl::string_view package) const {
  absl::string_view name, file;
  for (const std::string& line : lines_) {
    if (SplitPackageLine(line, &name, &file) && name == package) return std::string(file);
  }
  return "";
}

void ImportConfig::Set(absl::string_view package, absl::string_view file) {
  const std::string new_line = absl::StrCat("packagefile ", package, "=", file);
  absl::string_view name, old_file;
  for (std::string& line : lines_) {
    if (SplitPackageLine(line, &name, &old_file) && name == package) {
      line = new_line;
      return;
    }
  }
  lines_.push_back(new_line);
}

std::vector<relink::LinkedPackage> ImportConfig::Packages() const {
  std::vector<relink::LinkedPackage> packages;
  absl::string_view name, file;
  for (const std::string& line : lines_) {
    if (SplitPackageLine(line, &name, &file)) {
      packages.push_back({std::string(name), std::string(file)});
    }
  }
  return packages;
}

std::string ImportConfig::Text() const {
  return lines_.empty() ? "" : absl::StrCat(absl::StrJoin(lines_, "\n"), "\n");
}

}  // namespace gort::tool
