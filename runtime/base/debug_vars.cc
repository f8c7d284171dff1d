// SPDX-License-Identifier: BSD-3-Clause
//
// GODEBUG: "name=number,name=number". A field without '=' or with something that is no number is
// ignored, as is a name that nobody knows; a later field wins over an earlier one.
//
// Before: runtime/base/print.cc   After: runtime/os/memory.cc
#include "runtime/base/debug_vars.h"

#include <cstring>

namespace gort {

DebugVars debug_vars;

namespace {

struct Key {
  const char* name;
  int32_t* value;
};

const Key kKeys[] = {
    {"allocfreetrace", &debug_vars.allocfreetrace},
    {"asyncpreemptoff", &debug_vars.asyncpreemptoff},
    {"cgocheck", &debug_vars.cgocheck},
    {"clobberfree", &debug_vars.clobberfree},
    {"efence", &debug_vars.efence},
    {"gccheckmark", &debug_vars.gccheckmark},
    {"gcpacertrace", &debug_vars.gcpacertrace},
    {"gcshrinkstackoff", &debug_vars.gcshrinkstackoff},
    {"gcstoptheworld", &debug_vars.gcstoptheworld},
    {"gctrace", &debug_vars.gctrace},
    {"gortgcevery", &debug_vars.gortgcevery},
    {"gortmovestack", &debug_vars.gortmovestack},
    {"gortpoison", &debug_vars.gortpoison},
    {"gortlocks", &debug_vars.gortlocks},
    {"gortverify", &debug_vars.gortverify},
    {"invalidptr", &debug_vars.invalidptr},
    {"madvdontneed", &debug_vars.madvdontneed},
    {"sbrk", &debug_vars.sbrk},
    {"scavenge", &debug_vars.scavenge},
    {"scavtrace", &debug_vars.scavtrace},
    {"scheddetail", &debug_vars.scheddetail},
    {"schedtrace", &debug_vars.schedtrace},
    {"tracebackancestors", &debug_vars.tracebackancestors},
};

// A decimal number with an optional minus that fits an int64; the whole text must be it.
bool ParseNumber(const char* text, size_t length, int64_t* number) {
  bool negative = length > 0 && text[0] == '-';
  size_t i = negative ? 1 : 0;
  if (i == length) return false;
  uint64_t magnitude = 0;
  uint64_t limit = static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0);
  for (; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
    uint64_t digit = static_cast<uint64_t>(text[i] - '0');
    if (magnitude > (limit - digit) / 10) return false;
    magnitude = magnitude * 10 + digit;
  }
  *number = static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
  return true;
}

void SetField(const char* name, size_t name_length, const char* value, size_t value_length) {
  int64_t number;
  if (!ParseNumber(value, value_length, &number)) return;
  auto is = [&](const char* key) {
    return strlen(key) == name_length && memcmp(key, name, name_length) == 0;
  };
  if (is("memprofilerate")) {
    debug_vars.mem_profile_rate = number;
    return;
  }
  if (is("gortsched")) {
    debug_vars.gortsched = static_cast<uint64_t>(number);
    return;
  }
  if (number != static_cast<int32_t>(number)) return;
  for (const Key& key : kKeys) {
    if (is(key.name)) *key.value = static_cast<int32_t>(number);
  }
}

}  // namespace

void ParseDebugVars(const char* godebug) {
  if (godebug == nullptr) return;
  const char* field = godebug;
  while (*field != '\0') {
    size_t length = strcspn(field, ",");
    const char* equals = static_cast<const char*>(memchr(field, '=', length));
    if (equals != nullptr) {
      size_t name_length = static_cast<size_t>(equals - field);
      SetField(field, name_length, equals + 1, length - name_length - 1);
    }
    field += length;
    if (*field == ',') field++;
  }
}

}  // namespace gort
