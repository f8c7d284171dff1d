// SPDX-License-Identifier: BSD-3-Clause
//
// The architecture boundary. Everything outside arch/ includes this file and nothing of a cpu's
// folder; this is the only place in the tree where the preprocessor asks for a cpu. What a folder
// has to supply is arch/port.h.
//
// Before: runtime/abi/p.h   After: arch/port.h
#ifndef GORT_ARCH_ARCH_H_
#define GORT_ARCH_ARCH_H_

#if defined(__x86_64__)
#include "arch/amd64/aes.h"
#include "arch/amd64/context.h"
#include "arch/amd64/cpu.h"
#include "arch/amd64/leaf.h"
#include "arch/amd64/sigcontext.h"
#include "arch/amd64/syscall.h"
#include "arch/amd64/tls.h"
#include "arch/amd64/unwind.h"
#elif defined(__aarch64__)
#include "arch/arm64/aes.h"
#include "arch/arm64/context.h"
#include "arch/arm64/cpu.h"
#include "arch/arm64/leaf.h"
#include "arch/arm64/sigcontext.h"
#include "arch/arm64/syscall.h"
#include "arch/arm64/tls.h"
#include "arch/arm64/unwind.h"
#else
#error "no arch/ folder for this cpu; docs/porting.md says what one has to contain"
#endif

#include "arch/features.h"
#include "arch/port.h"
#include "arch/switch.h"

#endif  // GORT_ARCH_ARCH_H_
