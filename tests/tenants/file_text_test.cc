#include "tenants/config/file_text.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

namespace danegate {
namespace {

std::string WhyNot(const std::string& path) {
  const auto text = ReadWholeFile(path, 100, Secrecy::kPublic);
  return text ? "" : text.error();
}

TEST(FileTextTest, EveryMistakeOfTheSystemHasItsRemedy) {
  char name[] = "/tmp/danegate-text-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  std::filesystem::create_symlink("circle", folder + "/circle");
  EXPECT_TRUE(WhyNot(folder + "/circle")
                  .ends_with("; mend the symbolic links, which lead in a "
                             "circle"));
  EXPECT_TRUE(WhyNot(folder + "/" + std::string(300, 'x'))
                  .ends_with("; choose a shorter path"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace danegate
