// `danegate schema`: the JSON Schema of a tenant's file or the edge's, for
// editors and for whoever makes such files.
#pragma once

namespace danegate {

struct SchemaRequest {
  bool edge = false;  // the edge's file, not a tenant's
};

// Writes the schema (draft 2020-12) of the settings' own tables to standard
// output; returns kExitGood. It is a little stricter than the program, which
// takes nothing for a setting that may be left out, and numbers for texts; and
// it says nothing of what a value means: that is what `danegate check` is for.
int RunSchema(const SchemaRequest&);

}  // namespace danegate
