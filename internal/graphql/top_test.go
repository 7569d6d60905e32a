package graphql

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTopFields(t *testing.T) {
	tests := map[string]struct {
		query string
		want  []string
	}{
		"shorthand": {`{a b}`, []string{"a", "b"}},
		"alias":     {`{a: b}`, []string{"b"}},
		"once":      {`{x: a a a(i: 1) {b}}`, []string{"a"}},
		"beneath":   {`{a(where: {b: {_eq: 1}}) {b ...F}} fragment F on T {c}`, []string{"a"}},
		"inline":    {`{... on Query {a ... {b}}}`, []string{"a", "b"}},
		"spread": {`query {...F} fragment F on Query {a ...G} ` +
			`fragment G on Query {b ...F}`, []string{"a", "b"}},
		"top and beneath": {`{a {...F} ...F} fragment F on Query {b}`, []string{"a", "b"}},
		"every operation": {`query A {a} mutation B {b} subscription C {c}`, []string{"a", "b", "c"}},
		"skipped": {`query ($t: Boolean = true) {a b @skip(if: true) ` +
			`...F @include(if: $t)} fragment F on Query {c}`, []string{"a", "b", "c"}},
		"unused fragment": {`{a} fragment F on Query {b ...G} fragment G on Query {c}`,
			[]string{"a", "b", "c"}},
		"unused circle": {`{a} fragment F on Query {b ...G} fragment G on Query {c ...F}`,
			[]string{"a", "b", "c"}},
		"two of one name":  {`{...F} fragment F on Query {a} fragment F on Query {b}`, []string{"a", "b"}},
		"unknown fragment": {`{a ...F}`, []string{"a"}},
		"strings and comments": {"{a(s: \"} b {\", t: \"\"\"\n} c { \\\"\"\" } d\"\"\") # } e {\n}",
			[]string{"a"}},
		"a comment ends at CR": {"{a # \rb}", []string{"a", "b"}},
		"commas and BOM":       {"\ufeff,{,a,,b\ufeff c,}", []string{"a", "b", "c"}},
		"keywords are names": {`{query fragment: mutation on true}`,
			[]string{"query", "mutation", "on", "true"}},
		"what every schema has": {`{__typename __schema {types {name}}}`, []string{"__typename", "__schema"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := TopFields(tt.query)
			if !ok {
				t.Fatal("refused")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTopFieldsRefuses(t *testing.T) {
	for name, query := range map[string]string{
		"what does not parse":  `{a(s: "b`,
		"definitions of types": `type Query {a: Int}`,
		"too much":             "{" + strings.Repeat("a ", maxTopTokens) + "}",
	} {
		if got, ok := TopFields(query); ok || got != nil {
			t.Errorf("%s: got %v, %v", name, got, ok)
		}
	}
}

// TestTopFieldsCost reads documents that are expensive for a walker that follows
// each spread again, compares a name with all others or cannot nest deeply.
func TestTopFieldsCost(t *testing.T) {
	var wide, fragments strings.Builder
	for i := range 12_000 {
		fmt.Fprintf(&wide, "a%d ", i)
		fmt.Fprintf(&fragments, "fragment f%d on T{...f%d}", i, i+1)
	}
	for name, query := range map[string]string{
		"deep":      strings.Repeat("{a", 1000) + strings.Repeat("}", 1000),
		"wide":      "{" + wide.String() + "}",
		"fragments": "{a ...f0}" + fragments.String() + "fragment f12000 on T{b}",
		"doubling":  fragmentChain(60),
	} {
		if _, ok := TopFields(query); !ok {
			t.Errorf("%s: refused", name)
		}
	}
}
