package smoke

import _ "embed"

//go:embed smoke.schema.json
var schema []byte

// SchemaName is what the schema's file is called beside a smoke file.
const SchemaName = "smoke.schema.json"

// Schema returns the JSON Schema of smoke files (draft 7, which editors of TOML know).
// What depends on other parts of the file is beyond it: a name that stands twice, an
// account that doesn't exist, an expectation that the server can't have.
func Schema() []byte { return append([]byte(nil), schema...) }
