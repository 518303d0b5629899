// OpenBackendStream takes our stream to a backend (EgressStream) from the
// connection to the features behind EXTERNAL, against what Prosody says at each
// step; TLS is left out. A stream that comes to anything else ends the process.
#pragma once

namespace danegate::bench {

void OpenBackendStream();

}  // namespace danegate::bench
