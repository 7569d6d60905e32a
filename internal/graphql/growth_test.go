package graphql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// limitedRoot is a root whose answers may grow to so many bytes.
type limitedRoot struct{ grown, limit int }

var errFull = errors.New("full")

func (r *limitedRoot) Grow(bytes int) error {
	if r.grown += bytes; r.grown > r.limit {
		return errFull
	}
	return nil
}

func newGrowingSchema(t *testing.T) (s *Schema, calls *int) {
	calls = new(int)
	large := func(context.Context, Params) (any, error) {
		*calls++
		return json.RawMessage(`"` + strings.Repeat("v", 10_000) + `"`), nil
	}
	list := func(context.Context, Params) (any, error) {
		*calls++
		return strings.Split(strings.Repeat("v,", 10_000), ","), nil
	}
	never := func(context.Context, Params) (any, error) { return nil, nil }
	s, err := New(Config{
		SDL:       "scalar JSON type Query { large: JSON list: [String!]! never: Int! }",
		Resolvers: Resolvers{"Query": {"large": large, "list": list, "never": never}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, calls
}

// An answer in parts has the text of an undivided one, and all of it counts.
func TestAnswerGrowsInParts(t *testing.T) {
	s, _ := newGrowingSchema(t)
	for query, parts := range map[string]int{
		"{ list }": 2,
		"{ a: large list b: large c: large d: large e: list}": 4,
		"{ a: large list never }":                             1,
	} {
		op, errs := s.Prepare(Request{Query: query})
		if len(errs) > 0 {
			t.Fatal(errs[0])
		}
		root := &limitedRoot{limit: 1 << 20}
		resp := op.Execute(t.Context(), root, nil)
		text := resp.Append(nil)
		if len(resp.Data) != parts || !json.Valid(text) || resp.GrowErr != nil {
			t.Errorf("%s: %d parts, full: %v", query, len(resp.Data), resp.GrowErr)
		}
		if len(resp.Errors) == 0 && (root.grown < len(text)-100 || root.grown > 2*len(text)) {
			t.Errorf("%s: %d bytes counted of %d", query, root.grown, len(text))
		}
	}
}

// Once Grow fails, nothing more is resolved.
func TestFullAnswer(t *testing.T) {
	s, calls := newGrowingSchema(t)
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "a%d: large ", i)
	}
	op, errs := s.Prepare(Request{Query: "{" + b.String() + "}"})
	if len(errs) > 0 {
		t.Fatal(errs[0])
	}
	resp := op.Execute(t.Context(), &limitedRoot{limit: 30_000}, nil)
	if !errors.Is(resp.GrowErr, errFull) || *calls > 3 {
		t.Errorf("%v after %d fields", resp.GrowErr, *calls)
	}
}
