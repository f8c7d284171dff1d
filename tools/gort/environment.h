// SPDX-License-Identifier: BSD-3-Clause
//
// Where things are: the Go that gort drives, gort's own archives, the cache, and for which machine
// to build.
//
//   GORT_GOROOT       the Go 1.15.x to use                    default /usr/lib/go-1.15, Debian's
//   GORT_RUNTIME_DIR  holds runtime_amd64/, runtime_arm64/    default: two folders above this
//   program GORT_CACHE        relinked archives                       default $XDG_CACHE_HOME/gort,
//   ~/.cache/gort GORT_ROOT         the clone, for bench and check          default: the current
//   folder GOARCH, GOOS, GOFLAGS, ...   as the go command takes them: the environment, then the
//   file GOENV names
//
// Before: nothing   After: process.h
#ifndef GORT_TOOLS_GORT_ENVIRONMENT_H_
#define GORT_TOOLS_GORT_ENVIRONMENT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gort::tool {

inline constexpr absl::string_view kPorts[] = {"amd64", "arm64"};

// An environment variable; empty when unset.
std::string GetEnv(const char* name);

// A variable of the go command: the environment first, then what `go env -w` stored.
std::string GoVariable(const std::string& name);

std::string GoRoot();
std::string GoCommand();                     // GoRoot()/bin/go
std::string GoTool(absl::string_view name);  // link, compile, ...

std::string TargetCpu();  // GOARCH, default the host's
std::string HostCpu();

// The release in GoRoot()/VERSION; fails with a clear text unless it is some 1.15.
absl::StatusOr<std::string> CheckGoRelease(const std::string& goroot);
// The same for the release that an object or a tool names.
absl::Status CheckRelease(absl::string_view release, absl::string_view whose);
// Fails unless there is a port for the target.
absl::Status CheckTarget(absl::string_view goos, absl::string_view goarch);

std::string SelfPath();  // this program, without symbolic links
std::string RuntimeDir();
std::string RuntimeArchive(absl::string_view cpu);  // RuntimeDir()/runtime_<cpu>/runtime.a
std::string CgoArchive(absl::string_view cpu);      // the empty runtime/cgo beside it
std::string CacheDir();
std::string ProjectRoot();

bool FileExists(const std::string& path);
absl::Status MakeDirectories(const std::string& path);
absl::StatusOr<std::string> FindInPath(absl::string_view program);

// How to start a program of the target cpu: nothing, or the emulator.
absl::StatusOr<std::vector<std::string>> Launcher(absl::string_view cpu);

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_ENVIRONMENT_H_
