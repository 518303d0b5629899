#include "bench/load/tenants/numbered_work.h"

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/load/figures.h"
#include "bench/load/progress.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

class Workers {
 public:
  Workers(std::size_t count, const std::string& what,
          const std::function<std::string(std::size_t)>& work)
      : count_(count), what_(what), work_(work) {}

  // The result is the first error, or empty.
  std::string Run() {
    Progress progress;
    Show(progress, 0);
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) {
      others.emplace_back([this] { Work(nullptr); });
    }
    Work(&progress);
    others.clear();
    return error_;
  }

 private:
  void Work(Progress* progress) {
    for (;;) {
      const std::size_t number = ++taken_;
      if (number > count_ || failed_) return;
      if (auto why = work_(number); !why.empty()) Stop(why);
      if (progress != nullptr) Show(*progress, number);
    }
  }

  void Show(Progress& progress, std::size_t number) const {
    const Instant now = ReadNow().monotonic;
    if (!progress.IsDue(now)) return;
    progress.Show(ToBar(number, count_) + "  " + ToGrouped(number) + " of " +
                      ToGrouped(count_) + " " + what_,
                  now);
  }

  void Stop(const std::string& why) {
    const std::lock_guard lock(mutex_);
    if (error_.empty()) error_ = why;
    failed_ = true;
  }

  const std::size_t count_;
  const std::string& what_;
  const std::function<std::string(std::size_t)>& work_;
  std::atomic<std::size_t> taken_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::string error_;  // guarded by mutex_
};

}  // namespace

std::string DoNumbered(std::size_t count, const std::string& what,
                       const std::function<std::string(std::size_t)>& work) {
  return Workers(count, what, work).Run();
}

}  // namespace danegate
