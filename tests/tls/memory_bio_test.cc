#include "proxy/tls/memory_bio.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace danegate::test {
namespace {

class MemoryBioTest : public testing::Test {
 protected:
  void Offer(std::string_view text) {
    memory_.Offer(std::as_bytes(std::span(text)));
  }
  std::string Read(int size) {
    std::string text(static_cast<std::size_t>(size), '\0');
    const int count = BIO_read(bio_.get(), text.data(), size);
    return count < 0 ? "retry"
                     : text.substr(0, static_cast<std::size_t>(count));
  }
  std::string Output() {
    const auto bytes = memory_.output();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  MemoryBio memory_;
  bssl::UniquePtr<BIO> bio_ = memory_.NewBio();
};

TEST_F(MemoryBioTest, EmptyMeansRetryNotEnd) {
  EXPECT_EQ(Read(1), "retry");
  EXPECT_TRUE(BIO_should_read(bio_.get()));
}

TEST_F(MemoryBioTest, KeptBytesComeBeforeOfferedOnes) {
  Offer("abc");
  EXPECT_EQ(Read(1), "a");
  memory_.Keep();
  Offer("def");
  EXPECT_EQ(Read(4), "bcde");
  EXPECT_EQ(Read(4), "f");
  EXPECT_EQ(Read(1), "retry");
}

TEST_F(MemoryBioTest, OfferedBytesAreNotTouchedAfterKeep) {
  {
    std::string gone = "abc";
    Offer(gone);
    memory_.Keep();
    gone.assign("xyz");
  }
  EXPECT_EQ(Read(3), "abc");
}

TEST_F(MemoryBioTest, DiscardDropsAllInput) {
  Offer("abc");
  memory_.Keep();
  Offer("def");
  memory_.Discard();
  EXPECT_EQ(Read(1), "retry");
}

TEST_F(MemoryBioTest, OutputIsConsumedFromTheFront) {
  EXPECT_EQ(BIO_write(bio_.get(), "abc", 3), 3);
  memory_.ConsumeOutput(1);
  EXPECT_EQ(BIO_write(bio_.get(), "d", 1), 1);
  EXPECT_EQ(Output(), "bcd");
  memory_.ConsumeOutput(3);
  EXPECT_EQ(Output(), "");
}

TEST(MemoryBioDeathTest, AnOwnerThatNeverReadsIsFound) {
  const std::string much(300 * 1024, 'x');
  EXPECT_DEATH(
      {
        MemoryBio memory;
        memory.Offer(std::as_bytes(std::span(much)));
        memory.Keep();
      },
      "kMaxUnread");
}

}  // namespace
}  // namespace danegate::test
