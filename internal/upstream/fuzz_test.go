package upstream

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/graphql-go/graphql/language/ast"
	"github.com/graphql-go/graphql/language/parser"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// FuzzForwarding checks that no request is forwarded in which graphql-go's parser finds
// a top-level field of the secrets API. That parser descends from graphql-js, as
// Prefect Server's does. Documents that it cannot parse are not checked.
func FuzzForwarding(f *testing.F) {
	for _, seed := range []string{
		`{hello}`, `{secret_names}`, `{hello x: secret_value(name: "a")}`,
		`mutation($i: I!){hello: set_secret(input: $i){success}}`,
		`{hello ...F} fragment F on Query{... @skip(if: true){...G}} fragment G on Query{tenant{id}}`,
		`{hello ... on Query {secret_names}}`,
		`query A{hello} query B{auth_info{tenant_id}}`,
		"{hello # \r secret_names\n}", `{hello(s: "\"} {secret_names}")}`,
		`{hello(s: """ \""" """) secretNames}`, "\ufeff{,secret\ufeff,}",
		`{flow(where: {secret: {_eq: 1}}) {secret {name} tenant {id}}}`,
		`{...F} fragment F on Q{hello} fragment F on Q{secret_names}`,
		`subscription{secrets_api{version}}`, `{__typename}`,
		`{hello} fragment F on Query{delete_secret(input: {name: "a"}){success}}`,
	} {
		body, err := json.Marshal(map[string]string{"query": seed})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(body))
		f.Add(`[{"query":"{hello}"},` + string(body) + `]`)
	}
	f.Add(`{"query":"{secret_names}","QUERY":"{hello}","query":"{\u0068ello}"}`)
	f.Add(`{"query":"{hello}","Query":"{secret_names}"}`)
	f.Fuzz(func(t *testing.T, body string) {
		sent := ""
		h := &handler{api: permissiveAPI{}, proxy: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			text := make([]byte, r.ContentLength)
			_, _ = r.Body.Read(text)
			sent = string(text)
		})}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		h.ServeHTTP(httptest.NewRecorder(), r)
		if sent == "" {
			return
		}
		if sent != body {
			t.Errorf("%q became %q", body, sent)
		}
		for _, query := range lastQueries(t, body) {
			if name := topLevelField(query); name != "" {
				t.Errorf("%q was forwarded with %s", query, name)
			}
		}
	})
}

// permissiveAPI is an API that authorizes every request and answers none.
type permissiveAPI struct{}

func (permissiveAPI) ServeHTTP(http.ResponseWriter, *http.Request) {}

func (permissiveAPI) Authorize(*http.Request) (cloud.AuthorizedClient, bool) {
	return cloud.AuthorizedClient{}, true
}

// lastQueries returns the documents that a reader finds in a body: the last "query" of
// each object.
func lastQueries(t *testing.T, body string) []string {
	var decoded any
	if err := json.Unmarshal([]byte(body), &decoded); err != nil {
		t.Fatalf("%q was forwarded: %v", body, err)
	}
	list, batch := decoded.([]any)
	if !batch {
		list = []any{decoded}
	}
	var out []string
	for _, request := range list {
		query, ok := request.(map[string]any)["query"].(string)
		if !ok {
			t.Fatalf("%q was forwarded without a query", body)
		}
		out = append(out, query)
	}
	return out
}

// topLevelField returns a top-level field of the secrets API in a document, or "".
func topLevelField(query string) string {
	doc, err := parser.Parse(parser.ParseParams{Source: query, Options: parser.ParseOptions{NoSource: true}})
	if err != nil {
		return ""
	}
	fragments := map[string][]*ast.SelectionSet{}
	var tops []*ast.SelectionSet
	for _, d := range doc.Definitions {
		switch d := d.(type) {
		case *ast.FragmentDefinition:
			fragments[d.Name.Value] = append(fragments[d.Name.Value], d.SelectionSet)
		case *ast.OperationDefinition:
			tops = append(tops, d.SelectionSet)
		}
	}
	for len(tops) > 0 { // a queue instead of a recursion, and each fragment once
		set := tops[0]
		tops = tops[1:]
		for _, s := range set.Selections {
			switch s := s.(type) {
			case *ast.Field:
				if cloud.Owns(s.Name.Value) {
					return s.Name.Value
				}
			case *ast.InlineFragment:
				tops = append(tops, s.SelectionSet)
			case *ast.FragmentSpread:
				tops = append(tops, fragments[s.Name.Value]...)
				delete(fragments, s.Name.Value)
			}
		}
	}
	return ""
}
