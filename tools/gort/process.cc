// SPDX-License-Identifier: BSD-3-Clause
//
// fork, exec, wait.
//
// Before: process.h   After: importcfg.cc
#include "tools/gort/process.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace gort::tool {
namespace {

std::vector<char*> Pointers(const Arguments& argv) {
  std::vector<char*> pointers;
  for (const std::string& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

absl::Status Exec(const Arguments& argv) {
  std::fflush(nullptr);
  execvp(argv[0].c_str(), Pointers(argv).data());
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot start ", argv[0]));
}

absl::StatusOr<Finished> Run(const Arguments& argv, const RunOptions& options) {
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe");
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return absl::ErrnoToStatus(errno, "fork");
  if (child == 0) {
    dup2(pipe_ends[1], STDOUT_FILENO);
    if (options.with_stderr) dup2(pipe_ends[1], STDERR_FILENO);
    if (!options.directory.empty() && chdir(options.directory.c_str()) != 0) _exit(127);
    for (const auto& [name, value] : options.environment) setenv(name.c_str(), value.c_str(), 1);
    execvp(argv[0].c_str(), Pointers(argv).data());
    std::fprintf(stderr, "gort: cannot start %s: %s\n", argv[0].c_str(), std::strerror(errno));
    _exit(127);
  }
  close(pipe_ends[1]);
  Finished result;
  char buffer[1 << 14];
  for (;;) {
    const ssize_t size = read(pipe_ends[0], buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    result.output.append(buffer, static_cast<size_t>(size));
  }
  close(pipe_ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

absl::StatusOr<std::string> AnonymousFile(const std::string& contents) {
  const int fd = memfd_create("gort", 0);
  if (fd < 0) return absl::ErrnoToStatus(errno, "memfd_create");
  for (size_t done = 0; done < contents.size();) {
    const ssize_t size = write(fd, contents.data() + done, contents.size() - done);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return absl::ErrnoToStatus(errno, "cannot write an anonymous file");
    done += static_cast<size_t>(size);
  }
  return absl::StrCat("/proc/self/fd/", fd);
}

}  // namespace gort::tool
