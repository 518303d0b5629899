#include "proxy/command/doctor/domain_facts.h"

namespace danegate {

std::string_view ToString(SniForm form) {
  switch (form) {
    case SniForm::kSource:
      return "source";
    case SniForm::kTarget:
      return "target";
    case SniForm::kNone:
      return "none";
  }
  return "none";
}

}  // namespace danegate
