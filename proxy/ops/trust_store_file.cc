#include "proxy/ops/trust_store_file.h"

#include <fstream>
#include <sstream>

namespace danegate {

Result<TrustStore, std::string> ReadTrustStore(const std::string& file) {
  if (file.empty()) return TrustStore();
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return Failure("trust_store: cannot read '" + file + "'");
  auto store = TrustStore::FromPem(text.view());
  if (!store) return Failure("trust_store: '" + file + "': " + store.error());
  return store;
}

}  // namespace danegate
