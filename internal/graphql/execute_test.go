package graphql

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExecute(t *testing.T) {
	tests := map[string]struct{ query, variables, want string }{
		"order and aliases": {`{b: name a: name name}`, ``, `{"data":{"b":"n","a":"n","name":"n"}}`},
		"typename": {`{__typename node{t: __typename}}`, ``,
			`{"data":{"__typename":"Query","node":{"t":"node"}}}`},
		"merge": {`{node{id} name node{name id}}`, ``,
			`{"data":{"node":{"id":1,"name":null},"name":"n"}}`},
		"fragments": {`query{...a ...a ... on Query{names}} fragment a on Query{name node{...b}} ` +
			`fragment b on node{id}`, ``,
			`{"data":{"name":"n","node":{"id":1},"names":["a","b"]}}`},
		"skip and include": {`query($y: Boolean!, $n: Boolean = false){a: name @skip(if: $y) b: name @include(if: $y) c: name @include(if: $n)
			...f @skip(if: true) ... @include(if: false){e: name}} fragment f on Query{d: name}`, `{"y": true}`, `{"data":{"b":"n"}}`},
		"operation by name": {`query A{name} query B{names}`, ``, `{"data":{"names":["a","b"]}}`},
		"mutations in order": {`mutation($s: String!){a: push(s: "1") b: push(s: $s) c: push(s: "3")}`,
			`{"s":"2"}`,
			`{"data":{"a":"1","b":"12","c":"123"}}`},
		"null propagates to a nullable parent": {`{node{id kids{id must}} name}`, ``,
			`{"errors":[{"message":"Cannot return null for non-nullable field node.must.",` +
				`"locations":[{"line":1,"column":18}],"path":["node","kids",1,"must"],` +
				`"extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":{"node":{"id":1,"kids":null},` +
				`"name":"n"}}`},
		"null propagates to the root": {`{name nodeMust{must}}`, ``,
			`{"errors":[{"message":"Cannot return null for non-nullable field node.must.",` +
				`"locations":[{"line":1,"column":16}],"path":["nodeMust","must"],` +
				`"extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":null}`},
		"null list that must not be": {`{nodeMust{many{id}}}`, ``, `{"data":{"nodeMust":{"many":[]}}}`},
		"hole in a list": {`{hole}`, ``,
			`{"errors":[{"message":"Cannot return null for non-nullable field Query.hole.",` +
				`"locations":[{"line":1,"column":2}],"path":["hole",1],` +
				`"extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":{"hole":null}}`},
		"unknown error": {`{boom}`, ``,
			`{"errors":[{"message":"An unknown error occurred.","locations":[{"line":1,"column":2}],` +
				`"path":["boom"],"extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":{"boom":null}}`},
		"error with a code": {`{x: forbidden name}`, ``,
			`{"errors":[{"message":"Unauthorized","locations":[{"line":1,"column":2}],"path":["x"],` +
				`"extensions":{"code":"FORBIDDEN"}}],"data":{"x":null,"name":"n"}}`},
	}
	s := newTestSchema(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := Request{Query: tt.query, Variables: variables(tt.variables)}
			if name == "operation by name" {
				r.OperationName = ptr("B")
			}
			for range 2 { // the second time from the cache
				if diff := cmp.Diff(tt.want, run(s, r)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestResultThatDoesNotFitIsAnErrorWithoutText(t *testing.T) {
	s := newTestSchema(t)
	for _, field := range []string{"wrongInt", "wrongEnum", "wrongList", "badJSON"} {
		want := `{"errors":[{"message":"An unknown error occurred.","locations":[{"line":1,"column":2}],` +
			`"path":["` + field +
			`"],"extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":{"` + field + `":null}}`
		if diff := cmp.Diff(want, run(s, Request{Query: "{" + field + "}"})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", field, diff)
		}
	}
}

func TestMiddlewareSeesTopLevelFieldsInOrder(t *testing.T) {
	s := newTestSchema(t)
	op, errs := s.Prepare(Request{Query: `{__typename a: node{id} b: name c: echo(s: "v")}`})
	if errs != nil {
		t.Fatal(errs[0])
	}
	var seen []string
	resp := op.Execute(context.Background(), nil,
		func(_ context.Context, f *Field, resolve func() (any, error)) (any, error) {
			seen = append(seen, f.Key+"="+f.Name)
			if f.Key == "b" {
				return nil, &Error{Message: "injected"}
			}
			return resolve()
		})
	if diff := cmp.Diff([]string{"a=node", "b=name", "c=echo"}, seen); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	want := `{"__typename":"Query","a":{"id":1},"b":null,"c":{"s":"v"}}`
	if diff := cmp.Diff(want, string(bytes.Join(resp.Data, nil))); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
	if !op.Fields[1].Selects("id") || op.Fields[1].Selects("name") {
		t.Error("Selects is wrong about node{id}")
	}
}

func TestCancelledContextResolvesNothingMore(t *testing.T) {
	s := newTestSchema(t)
	op, _ := s.Prepare(Request{Query: `mutation{a: push(s: "1") b: push(s: "2")}`})
	ctx, cancel := context.WithCancelCause(context.Background())
	var log []string
	resp := op.Execute(ctx, &log, func(_ context.Context, _ *Field, resolve func() (any, error)) (any, error) {
		defer cancel(errors.New("client gone"))
		return resolve()
	})
	if diff := cmp.Diff([]string{"1"}, log); diff != "" {
		t.Errorf("resolved (-want +got):\n%s", diff)
	}
	if len(resp.Errors) != 1 || resp.Errors[0].Path[0] != "b" {
		t.Errorf("errors: %v", resp.Errors)
	}
}
