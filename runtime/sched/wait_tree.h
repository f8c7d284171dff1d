// SPDX-License-Identifier: BSD-3-Clause
//
// Goroutines that wait on addresses: a search tree by address, a queue at each node.
//
//   A zip tree: ordered by address from left to right, by a random rank (ticket) from top to
//   bottom, as a treap is, but a node is inserted by unzipping the subtree below it and removed by
//   zipping its two subtrees together; no rotations, no parents.
//
//              s(0x40)--waitlink--> s(0x40)--> s(0x40)       node: elem = address, prev/next =
//              left/right child,
//             /       \                                            ticket = rank, waittail = last
//                     of the queue
//         s(0x10)   s(0x80)
//
// Expected depth is logarithmic in the number of addresses, however many goroutines wait on each.
// The owner's lock guards it.
//
// The head of a queue keeps the time for the mutex profile (wait_profile.h): acquiretime says since
// when somebody waits for the next Take, so it stays with the place, not with the goroutine.
//
// Before: runtime/sched/pin_leaf.cc   After: runtime/sched/sema.cc
#ifndef GORT_RUNTIME_SCHED_WAIT_TREE_H_
#define GORT_RUNTIME_SCHED_WAIT_TREE_H_

#include "arch/arch.h"
#include "runtime/abi/chan.h"

namespace gort::sched {

class WaitTree {
 public:
  constexpr WaitTree() = default;

  // Puts s at the end (or first: at the front) of the queue of addr. rank: random, not 0.
  void Add(abi::sudog* s, const void* addr, bool first, uint32_t rank) {
    s->elem = const_cast<void*>(addr);
    s->waitlink = nullptr;
    s->waittail = nullptr;
    abi::sudog** link = Find(addr);
    abi::sudog* head = *link;
    if (head == nullptr) return Insert(s, rank);
    if (first) {
      Replace(link, s);
      s->acquiretime = head->acquiretime;
      s->waitlink = head;
      s->waittail = head->waittail != nullptr ? head->waittail : head;
      head->waittail = nullptr;
      return;
    }
    (head->waittail != nullptr ? head->waittail : head)->waitlink = s;
    head->waittail = s;
  }

  // The first of the queue of addr, taken out with all its links cleared, and its releasetime set
  // if it is profiled; nullptr: nobody waits there.
  abi::sudog* Take(const void* addr) {
    abi::sudog** link = Find(addr);
    abi::sudog* head = *link;
    if (head == nullptr) return nullptr;
    const bool of_mutex = head->acquiretime != 0;
    if (of_mutex || head->blocktime != 0) head->releasetime = arch::CpuTicks();
    if (abi::sudog* second = head->waitlink) {
      second->acquiretime = of_mutex ? head->releasetime : 0;
      second->waittail = head->waittail != second ? head->waittail : nullptr;
      Replace(link, second);
    } else {
      Zip(link, head->prev, head->next);
    }
    head->prev = head->next = nullptr;
    head->waitlink = head->waittail = nullptr;
    head->elem = nullptr;
    head->ticket = 0;
    return head;
  }

  abi::sudog* root() const { return root_; }

 private:
  static uintptr_t KeyOf(const abi::sudog* s) { return reinterpret_cast<uintptr_t>(s->elem); }

  abi::sudog** Find(const void* addr) {
    auto key = reinterpret_cast<uintptr_t>(addr);
    abi::sudog** link = &root_;
    while (*link != nullptr && KeyOf(*link) != key)
      link = key < KeyOf(*link) ? &(*link)->prev : &(*link)->next;
    return link;
  }

  // s takes the place of the node at link.
  static void Replace(abi::sudog** link, abi::sudog* s) {
    abi::sudog* old = *link;
    s->prev = old->prev;
    s->next = old->next;
    s->ticket = old->ticket;
    *link = s;
    old->prev = old->next = nullptr;
    old->ticket = 0;
  }

  void Insert(abi::sudog* s, uint32_t rank) {
    s->ticket = rank;
    abi::sudog** link = &root_;
    while (*link != nullptr && (*link)->ticket >= rank)
      link = KeyOf(s) < KeyOf(*link) ? &(*link)->prev : &(*link)->next;
    // Everything below this place is split into what lies left and right of s.
    abi::sudog* below = *link;
    *link = s;
    abi::sudog** left = &s->prev;
    abi::sudog** right = &s->next;
    while (below != nullptr) {
      if (KeyOf(below) < KeyOf(s)) {
        *left = below;
        left = &below->next;
        below = below->next;
      } else {
        *right = below;
        right = &below->prev;
        below = below->prev;
      }
    }
    *left = *right = nullptr;
  }

  static void Zip(abi::sudog** link, abi::sudog* left, abi::sudog* right) {
    while (left != nullptr && right != nullptr) {
      if (left->ticket >= right->ticket) {
        *link = left;
        link = &left->next;
        left = left->next;
      } else {
        *link = right;
        link = &right->prev;
        right = right->prev;
      }
    }
    *link = left != nullptr ? left : right;
  }

  abi::sudog* root_ = nullptr;
};

}  // namespace gort::sched

#endif  // GORT_RUNTIME_SCHED_WAIT_TREE_H_
