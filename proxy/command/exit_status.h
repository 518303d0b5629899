// What the programs' exit statuses mean: a contract, scripts rely on them.
#pragma once

namespace danegate {

enum ExitStatus : int {
  kExitGood = 0,      // check: no error; match: a record matches
  kExitBad = 1,       // check: an error; match: no record matches
  kExitUnusable = 3,  // match: no record can be used
  kExitUsage = 64,    // the command line, or a file that it names, is wrong
};

}  // namespace danegate
