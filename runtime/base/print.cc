// SPDX-License-Identifier: BSD-3-Clause
//
// Printing without a library: every piece of text is formatted into a few bytes of stack and
// written at once.
//
// Writing at once, not at the end of a line, keeps the order of a program's own writes to fd 2 and
// of its println, and loses nothing when the next instruction crashes.
//
// PrintFloat shows seven digits whatever the value: +1.234560e+003. The digits come from repeated
// division and multiplication by ten in double precision, and so do their last-place errors:
// programs' expected outputs contain them, so a correctly rounded conversion would be wrong here.
//
// Before: runtime/base/note.cc   After: runtime/base/debug_vars.cc
#include "runtime/base/print.h"

#include <cerrno>
#include <cmath>
#include <cstring>

#include <unistd.h>

#include "arch/arch.h"
#include "runtime/base/lock.h"

namespace gort {
namespace {

Lock print_lock(LockRank::kPrint);

void WriteToStderr(const char* data, intptr_t n) {
  while (n > 0) {
    ssize_t written = write(2, data, static_cast<size_t>(n));
    if (written < 0) {
      if (errno == EINTR) continue;
      return;  // nowhere to say so
    }
    data += written;
    n -= written;
  }
}

void Put(const char* data, intptr_t n) {
  if (n <= 0) return;
  G* g = arch::GetG();
  if (g == nullptr || g->writebuf.array == nullptr || g->m->dying > 0) {
    WriteToStderr(data, n);
    return;
  }
  abi::Slice* buffer = &g->writebuf;
  intptr_t room = buffer->cap - buffer->len;
  if (n > room) n = room;
  memcpy(static_cast<char*>(buffer->array) + buffer->len, data, static_cast<size_t>(n));
  buffer->len += n;
}

}  // namespace

// The lock is the thread's, not the call's: a crash inside a message prints its own message inside
// it.
void PrintLock() {
  G* g = arch::GetG();
  if (g == nullptr) return;
  M* m = g->m;
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() + 1);  // own thread; see base/lock.cc
  if (++m->printlock == 1) print_lock.Acquire();
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() - 1);
}

void PrintUnlock() {
  G* g = arch::GetG();
  if (g == nullptr) return;
  if (--g->m->printlock == 0) print_lock.Release();
}

void PrintBytes(const void* data, intptr_t n) { Put(static_cast<const char*>(data), n); }

void PrintText(const char* text) { Put(text, static_cast<intptr_t>(strlen(text))); }

void PrintString(abi::String s) { PrintBytes(s.str, s.len); }

void PrintBool(bool v) { PrintText(v ? "true" : "false"); }

void PrintUint(uint64_t v) {
  char text[20];
  char* first = text + sizeof(text);
  do {
    *--first = static_cast<char>('0' + v % 10);
    v /= 10;
  } while (v != 0);
  Put(first, text + sizeof(text) - first);
}

void PrintInt(int64_t v) {
  if (v < 0) {
    PrintText("-");
    PrintUint(0 - static_cast<uint64_t>(v));
  } else {
    PrintUint(static_cast<uint64_t>(v));
  }
}

void PrintHex(uint64_t v) {
  char text[18];
  char* first = text + sizeof(text);
  do {
    *--first = "0123456789abcdef"[v & 15];
    v >>= 4;
  } while (v != 0);
  *--first = 'x';
  *--first = '0';
  Put(first, text + sizeof(text) - first);
}

void PrintWord(uint64_t v) {
  char text[16];
  for (int i = 15; i >= 0; --i, v >>= 4) text[i] = "0123456789abcdef"[v & 15];
  Put(text, sizeof(text));
}

void PrintPointer(const void* v) { PrintHex(reinterpret_cast<uintptr_t>(v)); }

void PrintFloat(double v) {
  constexpr int kDigits = 7;
  constexpr double kHalfOfLastDigit = 5.0 / 10 / 10 / 10 / 10 / 10 / 10 / 10;
  if (v != v) return PrintText("NaN");
  if (v + v == v && v != 0) return PrintText(v > 0 ? "+Inf" : "-Inf");

  char text[kDigits + 7];
  text[0] = std::signbit(v) ? '-' : '+';
  int exponent = 0;
  if (v != 0) {
    if (v < 0) v = -v;
    for (; v >= 10; v /= 10) exponent++;
    for (; v < 1; v *= 10) exponent--;
    v += kHalfOfLastDigit;
    if (v >= 10) {
      exponent++;
      v /= 10;
    }
  }
  // d.dddddd: the first digit stands before the point.
  char* out = text + 1;
  for (int i = 0; i < kDigits; i++) {
    int digit = static_cast<int>(v);
    *out++ = static_cast<char>('0' + digit);
    if (i == 0) *out++ = '.';
    v -= digit;
    v *= 10;
  }
  *out++ = 'e';
  *out++ = exponent < 0 ? '-' : '+';
  if (exponent < 0) exponent = -exponent;
  *out++ = static_cast<char>('0' + exponent / 100);
  *out++ = static_cast<char>('0' + exponent / 10 % 10);
  *out++ = static_cast<char>('0' + exponent % 10);
  Put(text, out - text);
}

}  // namespace gort
