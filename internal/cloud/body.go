package cloud

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// body is a GraphQL request as clients send it: query, variables, operationName
// and extensions, in this case of letters. Prefect Core sends variables as a
// string that holds JSON.
type body map[string]json.RawMessage

// What Apollo Server says of a document in a batch, or of one alone.
var (
	errNoQuery      = &graphql.Error{Message: "Must provide query string.", Code: graphql.CodeInternal}
	errNotPersisted = &graphql.Error{Message: "PersistedQueryNotFound", Code: "PERSISTED_QUERY_NOT_FOUND"}
	errOtherVersion = &graphql.Error{Message: "Unsupported persisted query version", Code: graphql.CodeInternal}
	errOtherHash    = &graphql.Error{Message: "provided sha does not match query", Code: graphql.CodeInternal}
)

// request reads the forms that Apollo Server accepts, with its words for others.
// The complaint is about the whole HTTP request.
func (b body) request() (out request, complaint string) {
	extensions, ok := b.text("extensions")
	if !ok {
		return out, "Extensions are invalid JSON."
	}
	var query string
	if !b.falsy("query") && json.Unmarshal(b["query"], &query) != nil {
		return out, "GraphQL queries must be strings."
	}
	variables, ok := b.text("variables")
	if !ok {
		return out, "Variables are invalid JSON."
	}
	out.Query, out.OperationName = query, b.operationName()
	out.Variables, _ = graphql.ReadVariables(variables) // text has seen that it is JSON
	out.refused = b.findQuery(query, extensions)
	return out, ""
}

// text is the JSON of a member, which may stand in a string. A string that is
// empty stays one. It reports false for a string of something else.
func (b body) text(member string) ([]byte, bool) {
	text := []byte(b[member])
	if len(text) == 0 || text[0] != '"' {
		return text, true
	}
	var quoted string
	if json.Unmarshal(text, &quoted) != nil {
		return nil, false
	}
	if quoted == "" {
		return text, true
	}
	return []byte(quoted), json.Valid([]byte(quoted))
}

// falsy reports what JavaScript takes for no value.
func (b body) falsy(member string) bool {
	switch string(b[member]) {
	case "", "null", "false", "0", `""`:
		return true
	}
	return false
}

// operationName is nil where none is given. What is no string names no operation.
func (b body) operationName() *string {
	raw := b["operationName"]
	if raw == nil || string(raw) == "null" {
		return nil
	}
	var name string
	_ = json.Unmarshal(raw, &name)
	return &name
}

// findQuery looks for the document in the request. Clients of Apollo Server may
// send its hash alone, and are told to send the document as well: none is kept.
func (b body) findQuery(query string, extensions []byte) *graphql.Error {
	var in struct {
		PersistedQuery *struct {
			Version    json.Number `json:"version"`
			Sha256Hash string      `json:"sha256Hash"`
		} `json:"persistedQuery"`
	}
	if json.Unmarshal(extensions, &in) != nil || in.PersistedQuery == nil {
		if query == "" {
			return errNoQuery
		}
		return nil
	}
	hash := sha256.Sum256([]byte(query))
	switch persisted := in.PersistedQuery; {
	case persisted.Version != "1":
		return errOtherVersion
	case b["query"] == nil:
		return errNotPersisted
	case persisted.Sha256Hash != hex.EncodeToString(hash[:]):
		return errOtherHash
	case query == "":
		return errNoQuery
	}
	return nil
}
