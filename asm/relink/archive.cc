// SPDX-License-Identifier: BSD-3-Clause
//
// ar archives and the text headers of Go members; the picture is in archive.h.
//
// Before: archive.h   After: goobj.cc
#include "asm/relink/archive.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "asm/relink/goobj.h"

namespace gort::relink {
namespace {

constexpr absl::string_view kArchiveMagic = "!<arch>\n";
constexpr size_t kHeaderSize = 60;
constexpr size_t kSizeField = 48;  // decimal, 10 characters, then "`\n"
constexpr size_t kSizeFieldLength = 10;
constexpr absl::string_view kGoObjectPrefix = "go object ";
constexpr absl::string_view kObjectMark = "\n!\n";
constexpr absl::string_view kExportMark = "\n$$B\n";

}  // namespace

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  struct stat info;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(fd);
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a regular file"));
  }
  const size_t size = static_cast<size_t>(info.st_size);
  if (size == 0) {
    close(fd);
    return MappedFile(nullptr, 0);
  }
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  const int error = errno;
  close(fd);
  if (data == MAP_FAILED) return absl::ErrnoToStatus(error, absl::StrCat("cannot map ", path));
  return MappedFile(static_cast<const char*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}

absl::Status WriteFileAtomically(const std::string& path, absl::string_view contents) {
  const std::string unfinished = absl::StrCat(path, ".", getpid(), ".new");
  const int fd = open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", unfinished));
  absl::string_view rest = contents;
  while (!rest.empty()) {
    const ssize_t written = write(fd, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      close(fd);
      unlink(unfinished.c_str());
      return absl::ErrnoToStatus(error, absl::StrCat("cannot write ", unfinished));
    }
    rest.remove_prefix(static_cast<size_t>(written));
  }
  if (close(fd) != 0 || rename(unfinished.c_str(), path.c_str()) != 0) {
    const int error = errno;
    unlink(unfinished.c_str());
    return absl::ErrnoToStatus(error, absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Member>> ParseArchive(absl::string_view bytes) {
  if (!absl::StartsWith(bytes, kArchiveMagic)) {
    return absl::InvalidArgumentError("not an ar archive");
  }
  std::vector<Member> members;
  size_t at = kArchiveMagic.size();
  while (at + kHeaderSize <= bytes.size()) {
    Member member;
    member.header = bytes.substr(at, kHeaderSize);
    member.name = absl::StripTrailingAsciiWhitespace(member.header.substr(0, 16));
    uint64_t size = 0;
    if (!absl::SimpleAtoi(member.header.substr(kSizeField, kSizeFieldLength), &size) ||
        size > bytes.size() - at - kHeaderSize) {
      return absl::InvalidArgumentError(
          absl::StrCat("ar archive: bad size of member ", member.name));
    }
    member.data = bytes.substr(at + kHeaderSize, size);
    members.push_back(member);
    at += kHeaderSize + size + (size & 1);
  }
  return members;
}

std::string EncodeArchive(const std::vector<Member>& members) {
  size_t total = kArchiveMagic.size();
  for (const Member& member : members) total += kHeaderSize + member.data.size() + 1;
  std::string out;
  out.reserve(total);
  absl::StrAppend(&out, kArchiveMagic);
  for (const Member& member : members) {
    char size[kSizeFieldLength + 1];
    std::snprintf(size, sizeof size, "%-10zu", member.data.size());
    absl::StrAppend(&out, member.header.substr(0, kSizeField));
    out.append(size, kSizeFieldLength);
    absl::StrAppend(&out, member.header.substr(kSizeField + kSizeFieldLength));
    absl::StrAppend(&out, member.data);
    if (member.data.size() & 1) out.push_back('\0');
  }
  return out;
}

absl::string_view GoObjectLine(absl::string_view member_data) {
  if (!absl::StartsWith(member_data, kGoObjectPrefix)) return {};
  const size_t end = member_data.find('\n');
  return end == absl::string_view::npos ? absl::string_view{} : member_data.substr(0, end);
}

absl::StatusOr<GoTarget> ParseGoObjectLine(absl::string_view line) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  if (words.size() < 5 || words[0] != "go" || words[1] != "object") {
    return absl::InvalidArgumentError(absl::StrCat("not the header of a Go object: ", line));
  }
  return GoTarget{words[2], words[3], words[4]};
}

GoMember SplitGoMember(absl::string_view member_data) {
  if (!absl::StartsWith(member_data, kGoObjectPrefix)) return {};
  // The mark may also occur inside cgo directives or export data: the object's magic decides.
  size_t at = 0;
  while ((at = member_data.find(kObjectMark, at)) != absl::string_view::npos) {
    const size_t object = at + kObjectMark.size();
    if (absl::StartsWith(member_data.substr(object), kGoObjMagic)) {
      return {member_data.substr(0, object), member_data.substr(object)};
    }
    at++;
  }
  return {};
}

absl::string_view ExportDataOf(absl::string_view member_data) {
  const size_t at = member_data.find(kExportMark);
  if (at == absl::string_view::npos) return {};
  return member_data.substr(at + kExportMark.size());
}

}  // namespace gort::relink
