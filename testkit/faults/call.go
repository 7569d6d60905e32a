package faults

// Match selects calls; a call is one field of a document. The zero Match selects every
// call. serve --dev reads it as JSON under /_testkit/.
type Match struct {
	Field  string `json:"field,omitempty"`  // in either spelling: setSecret also matches set_secret
	Secret string `json:"secret,omitempty"` // the name of the secret that the call is about
	Alias  string `json:"alias,omitempty"`  // the key of the result; without an alias the field's name
	Tenant string `json:"tenant,omitempty"` // an id or a slug
	Key    string `json:"key,omitempty"`    // the name of the key: admin, runner, or an added one
	Nth    int    `json:"nth,omitempty"`    // only the nth matching call, from 1; 0 means any
	Times  int    `json:"times,omitempty"`  // how often the rule applies at most; 0 means every time
}

// Call is one field that a client asked for. It holds no value.
type Call struct {
	Seq    int    `json:"seq"`    // from 1, in the order in which calls ended
	Alias  string `json:"alias"`  // the key of the result
	Field  string `json:"field"`  // as the client spelled it
	Tenant string `json:"tenant"` // the id
	Secret string `json:"secret"` // the name; empty if the field is not about a secret
	Key    string `json:"key"`    // the name of the key: admin, runner, or an added one
	// Err is the code of the error that the field ended with, and empty if it
	// succeeded. If a fault ended the request it is HTTP_503 and the like, DROPPED,
	// TRUNCATED, MALFORMED, or the code under HTTP 200.
	Err string `json:"err"`
}
