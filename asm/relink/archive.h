// SPDX-License-Identifier: BSD-3-Clause
//
// Go archives, as the compiler writes them and cmd/link reads them.
//
// A package archive is an ordinary ar file without a symbol table:
//
//   "!<arch>\n"
//   60-byte header "__.PKGDEF"     text header, export data (what importers compile against)
//   60-byte header "_go_.o"        text header, optional cgo directives, "\n!\n", goobj2 bytes
//   60-byte header "asm_amd64.o"   the same without export data, from cmd/asm
//   60-byte header "gort.o"        a host object (ELF): cmd/link hands it to gcc as it is
//
// Members start at even offsets. Names are at most 16 characters and padded with blanks. The text
// header's first line tells for whom the object is: "go object linux amd64 go1.15.15 X:...";
// cmd/link refuses an object whose line differs from its own.
//
// Everything here is a view into bytes that the caller keeps alive (usually a MappedFile), so
// opening an archive costs a few page faults and no copy. Writing takes the members in order and
// makes bytes.
//
// Before: nothing   After: goobj.h (what is inside a Go member)
#ifndef GORT_ASM_RELINK_ARCHIVE_H_
#define GORT_ASM_RELINK_ARCHIVE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gort::relink {

// A file mapped read-only for as long as the object lives.
class MappedFile {
 public:
  static absl::StatusOr<MappedFile> Open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  absl::string_view bytes() const { return {data_, size_}; }

 private:
  MappedFile(const char* data, size_t size) : data_(data), size_(size) {}

  const char* data_ = nullptr;
  size_t size_ = 0;
};

// Writes `contents` to a temporary neighbour of `path` and renames it, so that a reader sees the
// old file, no file or the whole new file.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view contents);

struct Member {
  absl::string_view header;  // the 60 bytes; name, owner, mode and time are kept when written again
  absl::string_view name;
  absl::string_view data;
};

// Parses all members; fails on bytes that are not an ar archive.
absl::StatusOr<std::vector<Member>> ParseArchive(absl::string_view bytes);

// The inverse. Sizes in the headers are taken from `data`.
std::string EncodeArchive(const std::vector<Member>& members);

// The first line of a Go member ("go object GOOS GOARCH VERSION EXPERIMENTS"), without line break;
// empty when the member is not a Go object.
absl::string_view GoObjectLine(absl::string_view member_data);

struct GoTarget {
  absl::string_view goos, goarch, version;
};
absl::StatusOr<GoTarget> ParseGoObjectLine(absl::string_view line);

// Splits a Go object member at its "\n!\n" mark: the text header including the mark, and the goobj2
// bytes. Both are empty for __.PKGDEF and for host objects.
struct GoMember {
  absl::string_view text;
  absl::string_view object;
};
GoMember SplitGoMember(absl::string_view member_data);

// The export data inside a __.PKGDEF member: from the format letter to the end; empty if there is
// none.
absl::string_view ExportDataOf(absl::string_view member_data);

inline constexpr absl::string_view kPkgDefName = "__.PKGDEF";
inline constexpr absl::string_view kGoObjectName = "_go_.o";

}  // namespace gort::relink

#endif  // GORT_ASM_RELINK_ARCHIVE_H_
