// SPDX-License-Identifier: BSD-3-Clause
//
// Type descriptors: what gc writes into read-only data for every type a program can see through an
// interface, a map, a channel or reflection.
//
// Each descriptor begins with _type; the kind decides which larger structure it is. An uncommontype
// follows that structure when tflag has kTflagUncommon; it leads to the methods, sorted by name.
// Types refer to names, other types and code by 32-bit offsets from the module's `types` and `text`
// (runtime/lang/type.h resolves them).
//
//   name       flag byte (1 exported, 2 has tag, 4 has package path), 2-byte big-endian length,
//              bytes, [tag], [nameOff]
//   pointers   gcdata: 1 bit per word for the first ptrdata bytes, or a GC program when kind has
//              kKindGCProg
//
// Before: runtime/abi/value.h   After: runtime/abi/map.h
#ifndef GORT_RUNTIME_ABI_TYPE_H_
#define GORT_RUNTIME_ABI_TYPE_H_

#include "runtime/abi/value.h"

namespace gort::abi {

enum Kind : uint8_t {
  kBool = 1,
  kInt,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kUintptr,
  kFloat32,
  kFloat64,
  kComplex64,
  kComplex128,
  kArray,
  kChan,
  kFunc,
  kInterface,
  kMap,
  kPtr,
  kSlice,
  kString,
  kStruct,
  kUnsafePointer,
};

constexpr uint8_t kKindMask = 31;
constexpr uint8_t kKindDirectIface = 32;  // the value itself is the interface's data word
constexpr uint8_t kKindGCProg = 64;       // gcdata is a GC program, not a mask

constexpr uint8_t kTflagUncommon = 1;
constexpr uint8_t kTflagExtraStar = 2;  // str has a leading '*' that is not part of the name
constexpr uint8_t kTflagNamed = 4;
constexpr uint8_t kTflagRegularMemory = 8;  // equality and hash are those of the bytes

using nameOff = int32_t;
using typeOff = int32_t;
using textOff = int32_t;

struct _type {
  uintptr_t size;
  uintptr_t ptrdata;  // bytes of the prefix that can hold pointers
  uint32_t hash;
  uint8_t tflag;
  uint8_t align;
  uint8_t fieldAlign;
  uint8_t kind;
  funcval* equal;  // func(p, q unsafe.Pointer) bool; nil: not comparable
  const uint8_t* gcdata;
  nameOff str;
  typeOff ptrToThis;

  Kind kind_() const { return static_cast<Kind>(kind & kKindMask); }
  bool direct_iface() const { return (kind & kKindDirectIface) != 0; }
  bool has_pointers() const { return ptrdata != 0; }
};

struct name {
  const uint8_t* bytes;
};

struct arraytype {
  _type typ;
  _type* elem;
  _type* slice;
  uintptr_t len;
};

struct chantype {
  _type typ;
  _type* elem;
  uintptr_t dir;  // 1 receive, 2 send, 3 both
};

struct functype {
  _type typ;
  uint16_t inCount;
  uint16_t outCount;  // top bit: variadic
};

struct imethod {
  nameOff name;
  typeOff ityp;
};

struct interfacetype {
  _type typ;
  name pkgpath;
  Slice mhdr;  // []imethod, sorted by name

  intptr_t method_count() const { return mhdr.len; }
  const imethod* methods() const { return static_cast<const imethod*>(mhdr.array); }
};

constexpr uint32_t kMapIndirectKey = 1;
constexpr uint32_t kMapIndirectElem = 2;
constexpr uint32_t kMapReflexiveKey = 4;   // k == k for every k
constexpr uint32_t kMapNeedKeyUpdate = 8;  // an equal key may differ in its bytes: overwrite it
constexpr uint32_t kMapHashMightPanic = 16;

struct maptype {
  _type typ;
  _type* key;
  _type* elem;
  _type* bucket;
  funcval* hasher;  // func(key unsafe.Pointer, seed uintptr) uintptr
  uint8_t keysize;  // of a slot: 8 when indirect
  uint8_t elemsize;
  uint16_t bucketsize;
  uint32_t flags;
};

struct ptrtype {
  _type typ;
  _type* elem;
};

struct slicetype {
  _type typ;
  _type* elem;
};

struct structfield {
  abi::name name;
  _type* typ;
  uintptr_t offsetAnon;  // offset << 1 | embedded

  uintptr_t offset() const { return offsetAnon >> 1; }
};

struct structtype {
  _type typ;
  name pkgPath;
  Slice fields;  // []structfield
};

struct uncommontype {
  nameOff pkgpath;
  uint16_t mcount;
  uint16_t xcount;  // exported methods
  uint32_t moff;    // from this structure to the method array
  uint32_t unused;
};

struct method {
  nameOff name;
  typeOff mtyp;
  textOff ifn;  // called through an interface: one-word receiver
  textOff tfn;
};

// Method table of a (interface type, concrete type) pair.
struct itab {
  interfacetype* inter;
  abi::_type* type;
  uint32_t hash;  // copy of type->hash, for type switches
  uint32_t unused;
  uintptr_t
      fun[1];  // inter->method_count() code pointers; fun[0] == 0: type does not implement inter
};

}  // namespace gort::abi

#endif  // GORT_RUNTIME_ABI_TYPE_H_
