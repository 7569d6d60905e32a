package graphql

import (
	"fmt"
	"strings"
	"testing"
)

func fields(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// fragmentChain returns a document of n fragments, each of which spreads the next
// one twice.
func fragmentChain(n int) string {
	var b strings.Builder
	b.WriteString("{node{...f0}}")
	for i := range n {
		fmt.Fprintf(&b, "fragment f%d on node{a: kids{...f%d} b: kids{...f%d}}", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment f%d on node{id}", n)
	return b.String()
}

func TestLimits(t *testing.T) {
	const tooMany = "The document selects one field more than 100 times in one place."
	nested := func(n int) string {
		return "{node" + strings.Repeat("{kids", n) + "{id}" +
			strings.Repeat("}", n+1)
	}
	tests := map[string]struct{ query, want string }{
		"fields":          {"{" + fields(1000, "a%d:name ") + "}", ""},
		"too many fields": {"{" + fields(1001, "a%d:name ") + "}", "The document has more than 1000 fields."},
		"expanded fields": {fragmentChain(5), ""},
		"too many expanded fields": {"{" + fields(25, "n%d:node{...f} ") + "} fragment f on node{" +
			fields(40, "a%d:id ") + "}",
			"The document has more than 1000 fields once its fragments are expanded."},
		"too many variables": {"query(" + fields(1001, "$v%d:Int ") + "){name}",
			"The document has more than 1000 variables."},
		"too many fragments": {"{name}" + fields(51, "fragment f%d on Query{name}"),
			"The document has more than 50 fragments."},
		"too many spreads": {"{" + fields(51, "...f%[1]d") + "}",
			"The document has more than 50 fragment spreads."},
		"too many tokens": {"{echo(list: [" + strings.Repeat("1 ", 20_000) + "])}",
			"The document has more than 20000 tokens."},
		"too many lines": {`{echo(s: """` + strings.Repeat("\n", maxLines+1) + `""")}`,
			"The document has more than 100000 lines."},
		"arguments": {"{echo(" + fields(101, "a%d:1 ") + ")}",
			"The document has a field of more than 100 arguments."},
		"repeats":          {"{" + strings.Repeat("name ", 100) + "}", ""},
		"too many repeats": {"{" + strings.Repeat("name ", 101) + "}", tooMany},
		"repeats of another": {"{" + fields(50, "a: echo(i: %d) ") +
			fields(51, "... {a: echo(i: %d)}") + "}", tooMany},
		"repeats in parts": {"{" + strings.Repeat("node{name id} ", 51) +
			"...f ...f} fragment f on Query{" + strings.Repeat("node{id} ", 50) + "}",
			tooMany},
		"one fragment twice":     {"{...f ...f} fragment f on Query{" + strings.Repeat("name ", 60) + "}", ""},
		"repeats in many places": {"{" + fields(100, "a%d: node{id} ") + "}", ""},
		"repeats without end": {"{...f} fragment f on Query{node{...g} ...f} " +
			"fragment g on node{kids{...g ...g}}", `Cannot spread fragment "f" within itself.`},
		"depth":    {nested(6), ""},
		"too deep": {nested(7), "The document exceeds the maximum operation depth of 7."},
		"too deep by fragments": {"{node{kids{kids{kids{kids{...f}}}}}} " +
			"fragment f on node{kids{kids{kids{id}}}}",
			"The document exceeds the maximum operation depth of 7."},
		"long name": {"{" + strings.Repeat("x", 256) + ": name}",
			"The document has a name of more than 255 characters."},
		"long key": {"{echo(j: {" + strings.Repeat("x", 256) + ": 1})}",
			"The document has a name of more than 255 characters."},
		"nesting of lists": {"{echo(j: " + strings.Repeat("[", 900) + strings.Repeat("]", 900) + ")}", ""},
		"nesting the parser refuses": {"{echo(j: " + strings.Repeat("[", 9000) +
			strings.Repeat("]", 9000) + ")}",
			"Syntax Error: the document nests deeper than 1000 levels"},
	}
	s := newTestSchema(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, errs := s.Prepare(Request{Query: tt.query})
			got := ""
			if len(errs) > 0 {
				got = errs[0].Message
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestManyErrorsAreCut(t *testing.T) {
	s := newTestSchema(t)
	if _, errs := s.Prepare(Request{Query: "{" + fields(900, "a%d ") + "}"}); len(errs) != maxReportedErrors {
		t.Errorf("%d validation errors, want %d", len(errs), maxReportedErrors)
	}
	list := "[" + strings.Repeat("1,", 5000) + "1]"
	_, errs := s.Prepare(Request{Query: `query($l: [String]){echo(list: $l)}`,
		Variables: variables(`{"l":` + list + `}`)})
	if len(errs) != maxInputErrors {
		t.Errorf("%d errors of variables, want %d", len(errs), maxInputErrors)
	}
}

// Lists and objects in variables take many times the bytes of their text.
func TestVariablesAreFew(t *testing.T) {
	const tooMany, members = "The variables have more than 100000 values.",
		"The request has more than 1000 variables."
	list := func(n int, value string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(value+",", n), ",") + "]"
	}
	tests := map[string]struct{ variables, want string }{
		"strings":          {`{"l":` + list(maxInputs-2, `""`) + `}`, ""},
		"too many strings": {`{"l":` + list(maxInputs, `""`) + `}`, tooMany},
		"too many objects": {`{"t":{"value":1,"name":"n","inner":{"list":` + list(maxInputs, "{}") +
			`}}}`, tooMany},
		"raw JSON":         {`{"t":{"value":` + list(2*maxInputs, "{}") + `,"name":"n"}}`, ""},
		"members":          {"{" + strings.TrimSuffix(fields(maxVariables, `"a%d":1,`), ",") + "}", ""},
		"too many members": {"{" + strings.TrimSuffix(fields(maxVariables+1, `"a%d":1,`), ",") + "}", members},
	}
	s := newTestSchema(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, errs := s.Prepare(Request{Query: `query($l: [String], $t: thing){echo(list: $l, ` +
				`thing: $t)}`, Variables: variables(tt.variables)})
			got := ""
			if len(errs) > 0 {
				got = errs[0].Message
			}
			if got != tt.want || len(errs) > 1 {
				t.Errorf("got %q and %d errors, want %q", got, len(errs), tt.want)
			}
		})
	}
}
