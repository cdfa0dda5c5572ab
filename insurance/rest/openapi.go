package rest

import _ "embed" // of the document

//go:embed openapi.json
var document string

// OpenAPI returns the contract as an OpenAPI 3.1 document in JSON.
func OpenAPI() []byte { return []byte(document) }
