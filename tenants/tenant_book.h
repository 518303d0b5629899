// TenantBook is what the folder of tenant files says, file by file, kept as it
// changes: it reads what has changed and nothing else, and makes the TenantSet
// that comes of it.
//
// A file that is bad leaves the tenant that it had: its last good state goes on
// (E7), and problems() tells of it until the file is good. A file that is gone
// takes its tenant with it. Names are first come, first served; who was refused
// a name gets it when it is free.
//
// Thread: one owner, which may block on files; not a shard.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "tenants/config/claim_round.h"
#include "tenants/config/config_error.h"
#include "tenants/config/file_reading.h"
#include "tenants/config/rest_index.h"
#include "tenants/config/tenant_reader.h"
#include "tenants/config/waiting_files.h"
#include "tenants/settings.h"
#include "tenants/tenant_set.h"
#include "verifier/credential.h"
#include "verifier/instant.h"

namespace danegate {

// Whether new certificates may be served, as far as the DNS goes (D-57, L-08).
struct Clearance {
  enum class Kind { kGranted, kRefused, kUnknown };
  Kind kind = Kind::kGranted;
  std::string why = {};  // for kRefused: a sentence with its remedy
};
using ClearanceOf =
    std::function<Clearance(const Tenant&, const CredentialSet&)>;

// What came of looking at files.
struct TenantChanges {
  std::vector<std::string> tenants;  // by name: added, changed and removed
  std::size_t added = 0;
  std::size_t changed = 0;
  std::size_t removed = 0;
  std::size_t files_read = 0;
  // Of the files that were read, and of the folder.
  std::vector<ConfigError> errors;
  // Files that were renewed. Of these: those that wait for their clearance, to
  // be looked at again with it, and those that were refused it.
  std::vector<std::string> renewed;
  std::vector<std::string> unknown;
  std::vector<std::string> contradicted;

  // What came of another look, after this one.
  void Add(TenantChanges);
};

class TenantBook {
 public:
  // `edge_names` are the edge's own, which no tenant may have.
  TenantBook(const Settings&, NameClaims edge_names);

  // Reads every file. At ReadingDepth::kSettings certificates and keys are left
  // for later: see Audit(). `threads` of the caller's cores are used.
  TenantChanges ReadAll(ReadingDepth, UnixTime now, unsigned threads);
  // Reads what has changed, is new, or rests on what has changed. Costs one
  // look at each file, and the reading of those. Where no file is left, nobody
  // goes unless `force`: somebody has lost a folder rather than all customers.
  TenantChanges Sweep(UnixTime now, const ClearanceOf&, bool force = false);
  // Reads these files, changed or not; a path that is no tenant file stands for
  // all that rest on it. Lets the last tenants go as little as Sweep().
  TenantChanges Look(const std::vector<std::string>& paths, UnixTime now,
                     const ClearanceOf&);
  // Looks for mistakes in the certificates of the next `most` tenants that
  // ReadAll() has left; they are added to problems(). They go on being served
  // as far as they can be.
  std::vector<ConfigError> Audit(std::size_t most, UnixTime now);
  std::size_t audits_left() const { return unaudited_.size(); }

  // Serves another certificate for the edge's hosts, and looks again at tenants
  // that ought to have its key, bit by bit (Audit()).
  void SetEdge(std::shared_ptr<const Credential>);

  const TenantSet& tenants() const { return tenants_; }
  // The mistakes and warnings that are there now, by file; the folder's own by
  // its path. A file with an error serves its last good state, if it had one.
  const std::map<std::string, std::vector<ConfigError>>& problems() const {
    return problems_;
  }
  std::size_t file_count() const { return files_.size(); }
  // The folders of the files that tenants rest on, and how many are in each.
  const std::map<std::string, std::size_t>& folders() const {
    return resting_.folders();
  }

 private:
  struct File {
    FileStamp stamp = 0;
    std::shared_ptr<const Tenant> tenant;  // the last good one, or null
    std::vector<RestedOn> rests_on;
  };

  TenantSurroundings AroundAt(UnixTime now, ReadingDepth) const;
  // Reads the files that are there, gives up those that are not, and goes on
  // with whoever waited for a name of theirs.
  void Renew(std::set<std::string> files, UnixTime now, const ClearanceOf&,
             const std::set<std::string>& touched, TenantChanges*);
  void Accept(std::vector<FileReading>, const std::vector<std::string>& gone,
              TenantChanges*);
  void Settle(std::vector<FileReading>&, const std::vector<std::string>& gone);
  void Replace(std::vector<FileReading>&, const std::vector<std::string>& gone,
               TenantChanges*);
  // Names that nobody has yet who may not have them yet.
  class Wanted;
  void Postpone(const Wanted&, std::vector<FileReading>&,
                std::vector<std::string>& gone, TenantChanges*);
  Clearance::Kind Clear(FileReading&, const ClearanceOf&,
                        const std::set<std::string>& touched);
  const Tenant* KeptTenant(const FileReading&,
                           const std::set<std::string>& touched) const;
  void NoteWildcardOwners(const Tenant&, TenantChanges*);
  bool IsBad(const std::string& file) const;
  void Report(const FileLog&, TenantChanges*);
  bool HasChanged(const std::string& file) const;
  // The files that are there; nothing where it cannot be said, or nobody may go
  // for the lack of them.
  std::optional<std::vector<std::string>> ListFolder(bool force,
                                                     TenantChanges*);
  void KeepLast(std::set<std::string>& files, TenantChanges*);

  const std::string folder_;
  const std::string folder_setting_;  // where it is named
  TenantSurroundings around_;
  TrustFiles trust_;
  const NameClaims edge_names_;
  AllClaims claims_;
  TenantSet tenants_;
  std::unordered_map<std::string, File> files_;
  std::map<std::string, std::vector<ConfigError>> problems_;
  RestIndex resting_;
  WaitingFiles waiting_;
  std::set<std::string> freed_;         // files whose wait may be over
  std::vector<std::string> unaudited_;  // names of files, without the folder
};

}  // namespace danegate
