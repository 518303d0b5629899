// Mailbox<T>: many threads put values in, one thread takes them all out at
// once.
//
// What: an intrusive stack that producers push onto and the consumer empties
// with one exchange; Drain() reverses it, so that each producer's values come
// out in the order that it put them in.
//
// Who may call: Put() any thread; Drain() the one consumer. Destroy it only
// when no producer can still reach it.
//
// Invariants
//   1. `head_` points to a null-terminated list that only grows at its head
//      until Drain() takes the whole of it. No node is ever removed singly, so
//      there is no ABA: Put() never dereferences the head it read.
//   2. A node belongs to its producer until the compare-exchange that publishes
//      it succeeds, then to the list, then to the one Drain() that took it.
//
// Memory orders: the release of the successful compare-exchange in Put() pairs
// with the acquire of the exchange in Drain(), so the value and `next` written
// before are seen. Put()'s failure order is relaxed: the head it re-reads is
// only stored into `next`, never followed. A node's earlier nodes are seen too:
// each later compare-exchange continues the release sequence of the earlier
// one.
//
// Cost: one allocation and one contended compare-exchange per Put(); one
// exchange per Drain(). Put() says whether the box was empty, so that a batch
// of puts wakes the consumer once.
//
// When not to use it: for a bound on memory (the callers bound what they put),
// or for more than one consumer.
#pragma once

#include <atomic>
#include <utility>
#include <vector>

namespace danegate {

template <typename T>
class Mailbox {
 public:
  Mailbox() = default;
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  ~Mailbox() { Drain(); }

  // Put returns true if the box was empty: the consumer needs to be woken.
  bool Put(T value) {
    auto* node = new Node{std::move(value), nullptr};
    Node* head = head_.load(std::memory_order_relaxed);
    do {
      node->next = head;
    } while (!head_.compare_exchange_weak(head, node, std::memory_order_release,
                                          std::memory_order_relaxed));
    return head == nullptr;
  }

  // Drain takes everything that was put before, oldest first.
  std::vector<T> Drain() {
    Node* newest = head_.exchange(nullptr, std::memory_order_acquire);
    Node* oldest = nullptr;
    while (newest != nullptr) {
      Node* next = newest->next;
      newest->next = oldest;
      oldest = newest;
      newest = next;
    }
    std::vector<T> values;
    while (oldest != nullptr) {
      Node* next = oldest->next;
      values.push_back(std::move(oldest->value));
      delete oldest;
      oldest = next;
    }
    return values;
  }

 private:
  struct Node {
    T value;
    Node* next;
  };
  std::atomic<Node*> head_{nullptr};
};

}  // namespace danegate
