// PersistentMap<V>: a map from texts to values that is copied in no time and
// shares what it has in common with its copies.
//
// What: a hash trie with 32 ways a level. A change copies the nodes on its way
// from the root, about log32(size) of them, and only those that another map
// shares; so a snapshot of 100,000 entries with one change costs a few hundred
// octets and a microsecond, and a map that nobody else has is filled in place.
//
// Who may call: a map is a value with one owner, as any container. Copies may
// be read and destroyed on other threads than the one that changes the
// original.
//
// Invariants
//   1. A node that two maps can reach is never written: Own() copies it unless
//      this map holds the only reference, which nobody else can then take.
//      References are counted; only a holder makes another.
//   2. Entries of one hash prefix stand in one node: as leaves while they
//      differ there, below it where they do not. The last level is a list.
//
// Memory orders: the count goes up relaxed, for whoever copies a reference has
// the node already. It goes down with acquire and release, so that the last one
// deletes after all others have read; IsAlone() loads it with acquire for the
// same reason: their reads come before our writes.
//
// Cost: Find() hashes once and reads about log32(size) nodes. When not to use
// it: where no snapshots are taken; an unordered_map is faster to fill.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace danegate {

template <typename V>
class PersistentMap {
 public:
  // Valid until the next change of this map, and as long as a copy has it.
  const V* Find(std::string_view key) const {
    const Node* node = root_.get();
    const std::size_t hash = Hash(key);
    for (unsigned level = 0; node != nullptr; ++level) {
      const std::uint32_t bit = BitAt(hash, level);
      if (level < kLevels && (node->below_map & bit) != 0) {
        node = node->below[Index(node->below_map, bit)].get();
        continue;
      }
      if (level < kLevels) {
        if ((node->leaf_map & bit) == 0) return nullptr;
        const Leaf& leaf = node->leaves[Index(node->leaf_map, bit)];
        return leaf.key == key ? &leaf.value : nullptr;
      }
      for (const Leaf& leaf : node->leaves) {
        if (leaf.key == key) return &leaf.value;
      }
      return nullptr;
    }
    return nullptr;
  }

  // Adds the entry, or gives it another value.
  void Set(std::string key, V value) {
    const std::size_t hash = Hash(key);
    size_ += Put(root_, hash, 0, Leaf{std::move(key), std::move(value)});
  }

  // Whether there was one.
  bool Erase(std::string_view key) {
    if (Find(key) == nullptr) return false;
    Take(root_, Hash(key), 0, key);
    --size_;
    return true;
  }

  std::size_t size() const { return size_; }

  // Calls `visit(key, value)` for each entry, in no order to rely on.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    if (root_.get() != nullptr) Walk(*root_.get(), visit);
  }

 private:
  static constexpr unsigned kBits = 5;
  static constexpr unsigned kLevels = 12;  // 60 bits of the hash

  struct Leaf {
    std::string key;
    V value;
  };
  struct Node;

  // A counted reference to a node, or null.
  class Link {
   public:
    Link() = default;
    explicit Link(Node* node) : node_(node) {}
    Link(const Link& other) : node_(other.node_) {
      if (node_) node_->references.fetch_add(1, std::memory_order_relaxed);
    }
    Link(Link&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
    Link& operator=(Link other) noexcept {
      std::swap(node_, other.node_);
      return *this;
    }
    ~Link() {
      if (node_ == nullptr) return;
      if (node_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        delete node_;
      }
    }

    Node* get() const { return node_; }
    // REQUIRES: not null.
    bool IsAlone() const {
      return node_->references.load(std::memory_order_acquire) == 1;
    }

   private:
    Node* node_ = nullptr;
  };

  struct Node {
    Node() = default;
    Node(const Node& other)
        : leaf_map(other.leaf_map),
          below_map(other.below_map),
          leaves(other.leaves),
          below(other.below) {}
    Node& operator=(const Node&) = delete;

    std::atomic<std::size_t> references{1};
    std::uint32_t leaf_map = 0;   // which of the 32 ways is a leaf
    std::uint32_t below_map = 0;  // which leads on
    std::vector<Leaf> leaves;
    std::vector<Link> below;
  };

  static std::size_t Hash(std::string_view key) {
    return std::hash<std::string_view>()(key);
  }
  static std::uint32_t BitAt(std::size_t hash, unsigned level) {
    return std::uint32_t{1} << ((hash >> (level * kBits)) & 31U);
  }
  static std::size_t Index(std::uint32_t map, std::uint32_t bit) {
    return static_cast<std::size_t>(std::popcount(map & (bit - 1)));
  }
  template <typename Item>
  static auto At(std::vector<Item>& items, std::size_t index) {
    return items.begin() + static_cast<std::ptrdiff_t>(index);
  }

  // A node that this map may write.
  static Node& Own(Link& link) {
    if (link.get() == nullptr) {
      link = Link(new Node);
    } else if (!link.IsAlone()) {
      link = Link(new Node(*link.get()));
    }
    return *link.get();
  }

  // How many entries more there are: 0 or 1.
  static std::size_t Put(Link& link, std::size_t hash, unsigned level,
                         Leaf leaf) {
    Node& node = Own(link);
    if (level == kLevels) return PutInList(node, std::move(leaf));
    const std::uint32_t bit = BitAt(hash, level);
    if ((node.below_map & bit) != 0) {
      return Put(node.below[Index(node.below_map, bit)], hash, level + 1,
                 std::move(leaf));
    }
    const std::size_t at = Index(node.leaf_map, bit);
    if ((node.leaf_map & bit) == 0) {
      node.leaf_map |= bit;
      node.leaves.reserve(node.leaves.size() + 1);
      node.leaves.insert(At(node.leaves, at), std::move(leaf));
      return 1;
    }
    if (node.leaves[at].key == leaf.key) {
      node.leaves[at].value = std::move(leaf.value);
      return 0;
    }
    PushDown(node, bit, level);
    return Put(node.below[Index(node.below_map, bit)], hash, level + 1,
               std::move(leaf));
  }

  static std::size_t PutInList(Node& node, Leaf leaf) {
    for (Leaf& other : node.leaves) {
      if (other.key != leaf.key) continue;
      other.value = std::move(leaf.value);
      return 0;
    }
    node.leaves.push_back(std::move(leaf));
    return 1;
  }

  // The leaf of a way goes one level down, where it differs from another.
  static void PushDown(Node& node, std::uint32_t bit, unsigned level) {
    const auto at = At(node.leaves, Index(node.leaf_map, bit));
    Leaf leaf = std::move(*at);
    node.leaves.erase(at);
    node.leaf_map &= ~bit;
    Link below;
    const std::size_t hash = Hash(leaf.key);
    Put(below, hash, level + 1, std::move(leaf));
    node.below.reserve(node.below.size() + 1);
    node.below.insert(At(node.below, Index(node.below_map, bit)),
                      std::move(below));
    node.below_map |= bit;
  }

  // REQUIRES: the entry is there.
  static void Take(Link& link, std::size_t hash, unsigned level,
                   std::string_view key) {
    Node& node = Own(link);
    if (level == kLevels) {
      std::erase_if(node.leaves,
                    [key](const Leaf& leaf) { return leaf.key == key; });
      return;
    }
    const std::uint32_t bit = BitAt(hash, level);
    if ((node.leaf_map & bit) != 0) {
      node.leaves.erase(At(node.leaves, Index(node.leaf_map, bit)));
      node.leaf_map &= ~bit;
      return;
    }
    const auto below = At(node.below, Index(node.below_map, bit));
    Take(*below, hash, level + 1, key);
    const Node& left = *below->get();
    if (!left.leaves.empty() || !left.below.empty()) return;
    node.below.erase(below);
    node.below_map &= ~bit;
  }

  template <typename Visit>
  static void Walk(const Node& node, const Visit& visit) {
    for (const Leaf& leaf : node.leaves) visit(leaf.key, leaf.value);
    for (const Link& link : node.below) Walk(*link.get(), visit);
  }

  Link root_;
  std::size_t size_ = 0;
};

}  // namespace danegate
