#include "bench/load/measure/process_usage.h"

#include <unistd.h>

#include <chrono>
#include <ctime>
#include <fstream>

namespace danegate {
namespace {

// In nanoseconds, where /proc/PID/stat counts ticks of 10 ms.
bool ReadCpu(pid_t process, Duration* cpu) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0) return false;
  if (::clock_gettime(clock, &time) != 0) return false;
  *cpu = std::chrono::seconds(time.tv_sec) +
         std::chrono::nanoseconds(time.tv_nsec);
  return true;
}

bool ReadResident(pid_t process, std::uint64_t* octets) {
  std::ifstream file("/proc/" + std::to_string(process) + "/statm");
  std::uint64_t size = 0, resident = 0;
  if (!(file >> size >> resident)) return false;
  *octets = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return true;
}

}  // namespace

Result<ProcessUsage, std::string> ReadProcessUsage(pid_t process) {
  ProcessUsage usage;
  if (!ReadCpu(process, &usage.cpu) ||
      !ReadResident(process, &usage.resident_octets)) {
    return Failure("there is no process " + std::to_string(process));
  }
  return usage;
}

}  // namespace danegate
