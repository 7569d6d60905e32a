package graphql

import (
	"strings"
	"testing"
)

func TestCopiesOfVariables(t *testing.T) {
	const tooMuch = "The literals of the document hold more than 5 MiB of its variables."
	value := `{"v": "` + strings.Repeat("x", 1<<20) + `"}`
	tests := map[string]struct{ query, want string }{
		"in some places":        {`query($v: JSON){echo(j: [$v $v {a: $v}])}`, ""},
		"in many":               {`query($v: JSON){echo(j: [` + strings.Repeat("$v ", 6) + `])}`, tooMuch},
		"in many fields":        {`query($v: JSON){` + fields(6, "a%d: echo(j: [$v]) ") + `}`, tooMuch},
		"not within a literal":  {`query($v: JSON){` + fields(20, "a%d: echo(j: $v) ") + `}`, ""},
		"in as many as can be":  {`query($v: JSON){echo(j: [` + strings.Repeat("$v ", 9_000) + `])}`, tooMuch},
		"in every field's list": {`query($v: JSON){` + fields(900, "a%d: echo(j: [$v $v $v]) ") + `}`, tooMuch},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, errs := newTestSchema(t).Prepare(Request{Query: tt.query, Variables: variables(value)})
			got := ""
			if len(errs) > 0 {
				got = errs[0].Message
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
