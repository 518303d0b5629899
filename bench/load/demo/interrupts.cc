#include "bench/load/demo/interrupts.h"

#include <csignal>

namespace danegate {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void OnSignal(int) { interrupted = 1; }

}  // namespace

void Interrupts::Note() {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

void Interrupts::Tell() { interrupted = 1; }

bool Interrupts::any() { return interrupted != 0; }

}  // namespace danegate
