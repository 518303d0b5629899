// What the programs' exit statuses mean: a contract, scripts rely on them.
#pragma once

namespace danegate {

enum ExitStatus : int {
  kExitGood = 0,           // check: no error; match: a record matches;
                           // explain: proved; doctor: a strong proof
  kExitBad = 1,            // check: an error; match: no record matches;
                           // explain: disproved; doctor: a peer is refused;
                           // ctl reload, doctor, records: a file has an error
  kExitAbsent = 2,         // explain: nothing there that proves
  kExitUnusable = 3,       // match: no record can be used
  kExitIndeterminate = 3,  // explain, doctor: not found out
  kExitUsage = 64,      // the command line, or a file that it names, is wrong
  kExitUnwritten = 74,  // standard output took not all of the answer
};

}  // namespace danegate
