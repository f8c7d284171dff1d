// SPDX-License-Identifier: BSD-3-Clause
//
// Paths and variables; the table is in environment.h.
//
// Before: environment.h   After: process.cc
#include "tools/gort/environment.h"

#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "asm/relink/archive.h"

namespace gort::tool {
namespace {

constexpr absl::string_view kDefaultGoRoot = "/usr/lib/go-1.15";

std::string DirectoryOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return std::string(slash == absl::string_view::npos ? "." : path.substr(0, slash));
}

std::string GoEnvFile() {
  if (std::string file = GetEnv("GOENV"); !file.empty()) return file == "off" ? "" : file;
  if (std::string config = GetEnv("XDG_CONFIG_HOME"); !config.empty()) {
    return absl::StrCat(config, "/go/env");
  }
  const std::string home = GetEnv("HOME");
  return home.empty() ? "" : absl::StrCat(home, "/.config/go/env");
}

}  // namespace

std::string GetEnv(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string GoVariable(const std::string& name) {
  if (std::string value = GetEnv(name.c_str()); !value.empty()) return value;
  const std::string path = GoEnvFile();
  if (path.empty() || !FileExists(path)) return "";
  absl::StatusOr<relink::MappedFile> file = relink::MappedFile::Open(path);
  if (!file.ok()) return "";
  for (const absl::string_view line : absl::StrSplit(file->bytes(), '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    if (parts.first == name) return std::string(absl::StripAsciiWhitespace(parts.second));
  }
  return "";
}

std::string GoRoot() {
  const std::string root = GetEnv("GORT_GOROOT");
  return root.empty() ? std::string(kDefaultGoRoot) : root;
}

std::string GoCommand() { return absl::StrCat(GoRoot(), "/bin/go"); }

std::string GoTool(absl::string_view name) {
  return absl::StrCat(GoRoot(), "/pkg/tool/linux_", HostCpu(), "/", name);
}

std::string HostCpu() {
  struct utsname machine;
  return uname(&machine) == 0 && absl::string_view(machine.machine) == "aarch64" ? "arm64"
                                                                                 : "amd64";
}

std::string TargetCpu() {
  const std::string cpu = GoVariable("GOARCH");
  return cpu.empty() ? HostCpu() : cpu;
}

absl::Status CheckRelease(absl::string_view release, absl::string_view whose) {
  if (release == "go1.15" || absl::StartsWith(release, "go1.15.")) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(whose, " is ", release,
                   ": gort is a runtime for Go 1.15.x; install Debian's golang-1.15-go, ",
                   "or name a Go 1.15.x with GORT_GOROOT"));
}

absl::StatusOr<std::string> CheckGoRelease(const std::string& goroot) {
  absl::StatusOr<relink::MappedFile> file =
      relink::MappedFile::Open(absl::StrCat(goroot, "/VERSION"));
  if (!file.ok()) {
    return absl::NotFoundError(
        absl::StrCat("no Go in ", goroot,
                     ": install Debian's golang-1.15-go, or name a Go 1.15.x with GORT_GOROOT"));
  }
  const absl::string_view text = file->bytes();
  const std::string release(absl::StripAsciiWhitespace(text.substr(0, text.find('\n'))));
  if (absl::Status status = CheckRelease(release, absl::StrCat("the Go in ", goroot));
      !status.ok()) {
    return status;
  }
  return release;
}

absl::Status CheckTarget(absl::string_view goos, absl::string_view goarch) {
  if (goos != "linux") {
    return absl::UnimplementedError(absl::StrCat("GOOS=", goos, ": gort runs on linux only"));
  }
  if (std::find(std::begin(kPorts), std::end(kPorts), goarch) == std::end(kPorts)) {
    return absl::UnimplementedError(absl::StrCat(
        "GOARCH=", goarch, ": gort has no port to it (ports: ", absl::StrJoin(kPorts, ", "), ")"));
  }
  return absl::OkStatus();
}

std::string SelfPath() {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, size) : "gort";
}

std::string RuntimeDir() {
  if (std::string dir = GetEnv("GORT_RUNTIME_DIR"); !dir.empty()) return dir;
  return DirectoryOf(DirectoryOf(DirectoryOf(SelfPath())));
}

std::string RuntimeArchive(absl::string_view cpu) {
  return absl::StrCat(RuntimeDir(), "/runtime_", cpu, "/runtime.a");
}

std::string CgoArchive(absl::string_view cpu) {
  return absl::StrCat(RuntimeDir(), "/runtime_", cpu, "/cgo.a");
}

std::string CacheDir() {
  if (std::string dir = GetEnv("GORT_CACHE"); !dir.empty()) return dir;
  if (std::string cache = GetEnv("XDG_CACHE_HOME"); !cache.empty()) {
    return absl::StrCat(cache, "/gort");
  }
  if (std::string home = GetEnv("HOME"); !home.empty()) return absl::StrCat(home, "/.cache/gort");
  return absl::StrCat("/tmp/gort-cache-", getuid());
}

std::string ProjectRoot() {
  if (std::string root = GetEnv("GORT_ROOT"); !root.empty()) return root;
  char path[PATH_MAX];
  return getcwd(path, sizeof path) != nullptr ? path : ".";
}

bool FileExists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

absl::Status MakeDirectories(const std::string& path) {
  for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string prefix = path.substr(0, slash);
    if (mkdir(prefix.c_str(), 0777) != 0 && errno != EEXIST) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", prefix));
    }
    if (slash == std::string::npos) return absl::OkStatus();
  }
}

absl::StatusOr<std::string> FindInPath(absl::string_view program) {
  const std::string path = GetEnv("PATH");
  for (const absl::string_view dir : absl::StrSplit(path, ':')) {
    std::string candidate = absl::StrCat(dir.empty() ? "." : dir, "/", program);
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return absl::NotFoundError(absl::StrCat(program, " is not in PATH"));
}

absl::StatusOr<std::vector<std::string>> Launcher(absl::string_view cpu) {
  if (cpu == HostCpu()) return std::vector<std::string>();
  const absl::string_view emulator = cpu == "arm64" ? "qemu-aarch64" : "qemu-x86_64";
  absl::StatusOr<std::string> path = FindInPath(emulator);
  if (!path.ok()) {
    return absl::NotFoundError(absl::StrCat("running ", cpu, " programs on this machine needs ",
                                            emulator, " (Debian: qemu-user)"));
  }
  return std::vector<std::string>{*path};
}

}  // namespace gort::tool
