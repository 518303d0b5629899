// Interrupts notes SIGINT and SIGTERM instead of dying of them, so that what
// was begun is ended in good order. One object at a time.
#pragma once

namespace danegate {

class Interrupts {
 public:
  // From here on. Also takes them back from whoever has taken them meanwhile.
  static void Note();
  // That somebody else has had one.
  static void Tell();
  // Whether there was one.
  static bool any();
};

}  // namespace danegate
