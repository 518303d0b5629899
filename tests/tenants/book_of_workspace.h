// A TenantBook of a workspace, for tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tenants/tenant_book.h"
#include "tenants/tenant_file.h"
#include "tests/tenants/workspace.h"

namespace danegate::testing {

using Names = std::vector<std::string>;

inline Domain D(const std::string& text) { return *Domain::Parse(text); }

// A book of a Workspace, whose one tenant is acme, in acme.yaml. Other tenants
// have the edge's certificate.
class TenantBookTest : public ::testing::Test {
 protected:
  TenantBookTest()
      : edge_(ReadEdge(workspace_.Path("danegate.yaml"), kToday)),
        book_(*edge_.settings, edge_.claims) {
    EXPECT_EQ(Changed(book_.ReadAll(ReadingDepth::kMaterial, kToday, 2)),
              Names{"acme"});
  }

  static Names Changed(TenantChanges changes) {
    std::sort(changes.tenants.begin(), changes.tenants.end());
    return changes.tenants;
  }

  std::string File(const std::string& name) const {
    return workspace_.Path("tenants.d/" + name + ".yaml");
  }
  void Write(const std::string& file, const std::string& domains,
             const std::string& more = "") const {
    workspace_.Write("tenants.d/" + file + ".yaml",
                     "tenant: " + file + "\ndomains: [" + domains +
                         "]\nbackends: [{address: 127.0.0.1:5299}]\n" + more);
  }
  void Remove(const std::string& file) const {
    std::filesystem::remove(File(file));
  }
  TenantChanges Sweep(bool force = false) {
    return book_.Sweep(kToday, {}, force);
  }
  std::string OwnerOf(const std::string& domain) const {
    const auto tenant = book_.tenants().Find(D(domain));
    return tenant == nullptr ? "" : tenant->name;
  }
  // The first problem of a file.
  std::string ProblemOf(const std::string& name) const {
    const auto found = book_.problems().find(File(name));
    return found == book_.problems().end() ? "" : found->second[0].message;
  }

  // The first of the folder as a whole.
  std::string FolderProblem() const {
    const auto found = book_.problems().find(workspace_.Path("tenants.d"));
    return found == book_.problems().end() ? "" : found->second[0].message;
  }

  const Workspace workspace_;
  const EdgeFile edge_;
  TenantBook book_;
};

}  // namespace danegate::testing
