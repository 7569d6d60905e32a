package graphql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const testSDL = `
scalar JSON
scalar even

enum direction { up down }

input inner { n: Int = 7, deep: inner, list: [Int!] }
input thing { name: String!, value: JSON!, inner: inner, way: direction = up }

type node { id: Int!, name: String, must: String!, kids: [node!], many: [node!]! }

type Query {
  echo(s: String, i: Int, b: Boolean, f: Float, id: ID, j: JSON, e: even, way: direction, list: [String], thing: thing): JSON
  defaulted(n: Int! = 5, s: String = "x"): JSON
  required(s: String!): JSON
  name: String
  names: [String!]!
  node: node
  nodeMust: node!
  boom: String
  forbidden: String
  wrongInt: Int
  wrongEnum: direction
  wrongList: [String]
  badJSON: JSON
  hole: [String!]
}

type Mutation { push(s: String!): String }
`

type tree struct {
	id   int
	name any
	must any
	kids []any
}

func echo(_ context.Context, p Params) (any, error) {
	return json.RawMessage(appendValue(nil, maps.Collect(p.Field.Args.All()))), nil
}

func resolveTo(v any, err error) Resolver {
	return func(context.Context, Params) (any, error) { return v, err }
}

func testResolvers() Resolvers {
	leaf := func(id int) *tree { return &tree{id: id, name: "leaf", must: "m"} }
	root := &tree{id: 1, must: "m", kids: []any{leaf(2), &tree{id: 3}}}
	return Resolvers{
		"Query": {
			"echo": echo, "defaulted": echo, "required": echo,
			"name": resolveTo("n", nil), "names": resolveTo([]string{"a", "b"}, nil),
			"node": resolveTo(root, nil), "nodeMust": resolveTo(&tree{id: 9}, nil),
			"boom": resolveTo(nil, errors.New("connecting to CANARY failed")),
			"forbidden": resolveTo(nil, fmt.Errorf("resolving: %w",
				&Error{Message: "Unauthorized", Code: "FORBIDDEN"})),
			"wrongInt": resolveTo("1", nil), "wrongEnum": resolveTo("sideways", nil), "wrongList": resolveTo("x", nil),
			"badJSON": resolveTo(json.RawMessage(`{"CANARY"`), nil), "hole": resolveTo([]any{"a", nil}, nil),
		},
		"Mutation": {"push": func(_ context.Context, p Params) (any, error) {
			log := p.Source.(*[]string)
			*log = append(*log, p.Field.Arg("s").(string))
			return strings.Join(*log, ""), nil
		}},
		"node": {
			"id": On(func(n *tree) any { return n.id }), "name": On(func(n *tree) any { return n.name }),
			"must": On(func(n *tree) any { return n.must }), "kids": On(func(n *tree) any { return n.kids }),
			"many": On(func(n *tree) any { return n.kids }),
		},
	}
}

func newTestSchema(t testing.TB) *Schema {
	t.Helper()
	s, err := New(Config{SDL: testSDL, Resolvers: testResolvers(),
		Scalars: map[string]Scalar{"even": readEven}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readEven(raw json.RawMessage) (any, error) {
	if raw[len(raw)-1]%2 != 0 {
		return nil, errors.New("even cannot represent an odd number")
	}
	return json.Number(raw), nil
}

// variables reads variables from valid JSON.
func variables(text string) Variables { return ReadVariables([]byte(text)) }

// run executes a request and returns the text of the response.
func run(s *Schema, r Request) string {
	op, errs := s.Prepare(r)
	if errs != nil {
		return string((&Response{Errors: errs}).Append(nil))
	}
	resp := op.Execute(context.Background(), new([]string), nil)
	return string(resp.Append(nil))
}

func TestSchemaAndResolversMustAgree(t *testing.T) {
	change := func(f func(Resolvers)) Resolvers {
		r := testResolvers()
		f(r)
		return r
	}
	tests := map[string]struct {
		sdl       string
		resolvers Resolvers
		want      string
	}{
		"missing": {testSDL, change(func(r Resolvers) { delete(r["node"], "id") }),
			"field node.id has no resolver"},
		"surplus": {testSDL, change(func(r Resolvers) { r["Query"]["nope"] = echo }),
			"a resolver is bound to Query.nope"},
		"surplus type": {testSDL, change(func(r Resolvers) { r["nope"] = nil }), "resolvers are bound to nope"},
		"input type": {testSDL, change(func(r Resolvers) { r["thing"] = nil }),
			"resolvers are bound to thing"},
		"built-in": {testSDL, change(func(r Resolvers) { r["__Type"] = nil }),
			"resolvers are bound to __Type"},
		"interface": {testSDL + "interface thingy { id: Int }", testResolvers(),
			"interfaces and unions are not supported"},
		"subscription": {testSDL + "type Subscription { a: Int }", change(func(r Resolvers) {
			r["Subscription"] = map[string]Resolver{"a": echo}
		}), "subscriptions are not supported"},
		"syntax": {"type {", testResolvers(), "loading the schema"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := New(Config{SDL: tt.sdl, Resolvers: tt.resolvers})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("New: %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestCacheIsBoundedAndTakesNoLiterals(t *testing.T) {
	s := newTestSchema(t)
	for i := range 2000 {
		run(s, Request{Query: fmt.Sprintf("{alias%d_%s: name}", i, strings.Repeat("x", 200))})
		run(s, Request{Query: fmt.Sprintf(`{echo(s: "CANARY%d")}`, i)})
	}
	c := &s.documents
	if c.size > maxCachedGeneration || len(c.recent) == 0 {
		t.Errorf("cache holds %d bytes in %d documents", c.size, len(c.recent))
	}
	for query := range maps.Keys(c.recent) {
		if strings.Contains(query, "CANARY") {
			t.Fatalf("a document with a literal was cached: %s", query)
		}
	}
	first := "{alias0: name}"
	run(s, Request{Query: first})
	if diff := cmp.Diff(`{"data":{"alias0":"n"}}`, run(s, Request{Query: first})); diff != "" {
		t.Errorf("from the cache (-want +got):\n%s", diff)
	}
}

const directiveSDL = `
enum side { left right }
directive @side(of: [side!]!, much: Boolean! = true) on FIELD_DEFINITION
type thing { x: String @deprecated y: other }
type other { z: String }
input hidden { a: String }
input shown { a: String, again: shown }
type Query {
  "A"
  a(in: shown): String @side(of: [left])
  b(in: hidden): thing @side(of: [right, left], much: false)
}
`

func directiveResolvers() Resolvers {
	return Resolvers{"Query": {"a": resolveTo("A", nil), "b": resolveTo("B", nil)},
		"thing": {"x": resolveTo("X", nil), "y": resolveTo("Y", nil)}, "other": {"z": resolveTo("Z", nil)}}
}

func TestInclude(t *testing.T) {
	resolvers, got := directiveResolvers(), map[string]SDLField{}
	include := func(f SDLField) (bool, error) {
		got[f.Type+"."+f.Name] = f
		return f.Name != "b", nil
	}
	s, err := New(Config{SDL: directiveSDL, Resolvers: resolvers, Include: include})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a"}, s.Fields()); diff != "" {
		t.Error(diff)
	}
	if _, errs := s.Prepare(Request{Query: "{b{x}}"}); len(errs) == 0 {
		t.Error("an excluded field is accepted")
	}
	if len(resolvers["Query"]) != 2 || len(resolvers["thing"]) != 2 {
		t.Error("the caller's resolvers were changed")
	}
	want := map[string]SDLField{
		"Query.a": {"Query", "a", true, map[string]map[string]any{"side": {"of": []any{"left"}, "much": true}}},
		"Query.b": {"Query", "b", true, map[string]map[string]any{"side": {"of": []any{"right", "left"},
			"much": false}}},
		"thing.x": {"thing", "x", false, map[string]map[string]any{}},
		"thing.y": {"thing", "y", false, map[string]map[string]any{}},
		"other.z": {"other", "z", false, map[string]map[string]any{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields of Include (-want +got):\n%s", diff)
	}
	for _, name := range []string{"thing", "other", "hidden", "side"} {
		if s.ast.Types[name] != nil {
			t.Errorf("%s remains, which nothing refers to", name)
		}
	}
	if s.ast.Types["shown"] == nil || s.ast.Types["ID"] == nil ||
		s.ast.Directives["side"] != nil || s.ast.Directives["skip"] == nil {
		t.Error("not exactly what only Include needs is removed")
	}
	if f := s.ast.Query.Fields.ForName("a"); len(f.Directives) != 0 {
		t.Error("a directive that the SDL defines remains")
	}
}

// The error lists everything that is missing.
func TestIncludeRefuses(t *testing.T) {
	resolvers := directiveResolvers()
	delete(resolvers["thing"], "y")
	_, err := New(Config{SDL: directiveSDL, Resolvers: resolvers, Include: func(f SDLField) (bool, error) {
		if f.Directives["side"] == nil {
			return true, fmt.Errorf("%s.%s has no side", f.Type, f.Name)
		}
		return true, nil
	}})
	want := "other.z has no side\nthing.x has no side\nthing.y has no side\nfield thing.y has no resolver"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func ptr(s string) *string { return &s }
