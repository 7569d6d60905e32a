package cloud

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// What Apollo Server says of documents that it does not take.
const (
	noQuery       = "Must provide query string."
	oddQuery      = "GraphQL queries must be strings."
	badVariables  = "Variables are invalid JSON."
	badExtensions = "Extensions are invalid JSON."
	badBody       = "Bad Request: the body is no GraphQL request in JSON."
	deepBody      = "Bad Request: the body nests deeper than 10000 levels."
)

// errPersisted tells a client that it is to send documents themselves.
var errPersisted = &graphql.Error{Message: "PersistedQueryNotSupported", Code: "PERSISTED_QUERY_NOT_SUPPORTED"}

// parameters are a request as clients send it: the JSON of each member.
type parameters map[string]json.RawMessage

// split reads a body: one request, or a list of them.
func readBatch(text []byte) (*requests, *Reply) {
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); !bytes.HasPrefix(trimmed, []byte("[")) {
		return readSingle(text)
	}
	list, ok := graphql.Elements(text, MaxBatch+1)
	switch {
	case !ok:
		return nil, textReply(http.StatusBadRequest, bodyProblem(text))
	case len(list) == 0:
		return nil, textReply(http.StatusInternalServerError, bodyMissing)
	case len(list) > MaxBatch:
		return nil, textReply(http.StatusBadRequest, fmt.Sprintf("A batch holds at most %d documents.", MaxBatch))
	}
	out := &requests{batch: true, list: make([]document, len(list))}
	for i, item := range list {
		p, _ := graphql.Members(item) // what is no object has no query
		var complaint string
		if out.list[i], complaint = parameters(p).document(); complaint == noQuery {
			out.list[i].err = &graphql.Error{Message: noQuery, Code: graphql.CodeInternal}
		} else if complaint != "" {
			return nil, textReply(http.StatusBadRequest, complaint)
		}
	}
	return out, nil
}

func readSingle(text []byte) (*requests, *Reply) {
	p, ok := graphql.Members(text)
	switch {
	case len(text) == 0 || ok && len(p) == 0:
		return nil, textReply(http.StatusInternalServerError, bodyMissing)
	case !ok:
		return nil, textReply(http.StatusBadRequest, bodyProblem(text))
	}
	d, complaint := parameters(p).document()
	if complaint != "" {
		return nil, textReply(http.StatusBadRequest, complaint)
	}
	return &requests{list: []document{d}}, nil
}

// unreadable says why a body is refused. Go's JSON gives up beyond 10,000 levels.
func bodyProblem(text []byte) string {
	depth, most, within := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case within && c == '\\':
			i++
		case c == '"':
			within = !within
		case !within && (c == '[' || c == '{'):
			depth++
			most = max(most, depth)
		case !within && (c == ']' || c == '}'):
			depth--
		}
	}
	if most > 10_000 {
		return deepBody
	}
	return badBody
}

// readURL reads the parameters of a GET.
func readURL(query string) (*requests, *Reply) {
	values, err := url.ParseQuery(query)
	switch {
	case err != nil:
		return nil, textReply(http.StatusBadRequest, "Bad Request: the URL is malformed.")
	case len(values) == 0:
		return nil, textReply(http.StatusBadRequest, "GET query missing.")
	}
	p := parameters{}
	for name, list := range values {
		if !utf8.ValidString(list[0]) || len(list) > 1 && name != "query" {
			return nil, textReply(http.StatusBadRequest, "Bad Request: the URL is malformed.")
		}
		if len(list) > 1 {
			return nil, textReply(http.StatusBadRequest, oddQuery)
		}
		if list[0] != "" {
			p[name], _ = json.Marshal(list[0])
		}
	}
	d, complaint := p.document()
	if complaint != "" {
		return nil, textReply(http.StatusBadRequest, complaint)
	}
	return &requests{list: []document{d}, get: true}, nil
}

// document reads the forms that Apollo Server accepts, with its words for others.
func (p parameters) document() (out document, complaint string) {
	extensions, ok := p.embeddedJSON("extensions")
	if !ok || len(extensions) > 0 && !json.Valid(extensions) {
		return out, badExtensions
	}
	query, isText := p.stringMember("query")
	switch {
	case !isText && !p.falsy("query"):
		return out, oddQuery
	case query == "" && isPersisted(extensions):
		return document{err: errPersisted}, ""
	case query == "":
		return out, noQuery
	}
	out.Query = query
	if name, isText := p.stringMember("operationName"); isText || p["operationName"] != nil && string(p["operationName"]) != "null" {
		out.OperationName = &name // no operation has the name that is no text
	}
	variables, ok := p.embeddedJSON("variables")
	if !ok {
		return out, badVariables
	}
	var err error
	if out.Variables, err = graphql.ReadVariables(variables); err != nil {
		return out, badVariables
	}
	return out, ""
}

// text is the text of a member that is one.
func (p parameters) stringMember(name string) (text string, ok bool) {
	raw := p[name]
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	err := json.Unmarshal(raw, &text)
	return text, err == nil
}

// textOr is the JSON of a member, which may be given as a text that holds it, as
// Prefect Core gives variables. An empty text stays one.
func (p parameters) embeddedJSON(name string) (raw []byte, ok bool) {
	raw = p[name]
	if len(raw) == 0 || raw[0] != '"' || string(raw) == `""` {
		return raw, true
	}
	text, ok := p.stringMember(name)
	return []byte(text), ok
}

// falsy tells a member that JavaScript takes for false.
func (p parameters) falsy(name string) bool {
	switch string(p[name]) {
	case "", "null", "false", "0", "-0", `""`:
		return true
	}
	return false
}

// persisted tells that a document is named by its hash.
func isPersisted(extensions []byte) bool {
	members, _ := graphql.Members(extensions)
	return len(members["persistedQuery"]) > 0
}
