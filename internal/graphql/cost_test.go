package graphql

import (
	"fmt"
	"strings"
	"testing"
)

// TestCostGrowsWithLength doubles documents up to their limits and counts what they
// allocate. Comparing every two parts would allocate four times as much, and a
// document beyond a limit next to nothing.
func TestCostGrowsWithLength(t *testing.T) {
	times := strings.Repeat
	for name, tt := range map[string]struct {
		n    int // the doubled document is this large
		make func(n int) Request
	}{
		"fields": {1000, func(n int) Request {
			return Request{Query: "{" + fields(n, "a%d:name ") + "}"}
		}},
		"unknown fields": {1000, func(n int) Request {
			return Request{Query: "{" + fields(n, "nam%d ") + "}"}
		}},
		"operations": {1000, func(n int) Request { return Request{Query: fields(n, "query a%d{name}")} }},
		"variables": {1000, func(n int) Request {
			return Request{Query: "query(" + fields(n, "$v%d:Int ") + "){name}"}
		}},
		"variables in use": {900, func(n int) Request {
			return Request{Query: "query(" + fields(n, "$v%d:Int ") + "){" +
				fields(n, "a%[1]d:echo(i:$v%[1]d) ") + "}"}
		}},
		"directives": {5000, func(n int) Request {
			return Request{Query: "{name " + times("@a ", n) + "}"}
		}},
		"a list": {18_000, func(n int) Request {
			return Request{Query: "{echo(j:[" + times("1 ", n) + "])}"}
		}},
		"an object": {6000, func(n int) Request {
			return Request{Query: "{echo(j:{" + fields(n, "a%d:1 ") + "})}"}
		}},
		"keys of no input": {6000, func(n int) Request {
			return Request{Query: "{echo(thing:{" + fields(n, "nam%d:1 ") + "})}"}
		}},
		"strings": {1 << 17, func(n int) Request {
			return Request{Query: `{echo(s:"` + times(`\u0041`, n) + `")}`}
		}},
		"block strings": {1 << 16, func(n int) Request {
			return Request{Query: `{echo(s:"""` + times("\n x", n) + `""")}`}
		}},
		"digits": {1 << 17, func(n int) Request {
			return Request{Query: "{echo(i:" + times("9", n) + ")}"}
		}},
		"JSON lists": {1 << 15, func(n int) Request {
			return echoVariable("[String]", "list", "["+times(`"a",`, n)+`"a"]`)
		}},
		"JSON keys": {1 << 15, func(n int) Request {
			return echoVariable("JSON", "j", "{"+fields(n, `"a%d":1,`)+`"b":1}`)
		}},
		"JSON keys of none": {1 << 15, func(n int) Request {
			return echoVariable("thing", "thing", "{"+fields(n, `"a%d":1,`)+`"b":1}`)
		}},
		"JSON in depth": {9000, func(n int) Request {
			return echoVariable("JSON", "j", times("[", n)+times("]", n))
		}},
		"inputs in depth": {9000, func(n int) Request {
			return echoVariable("inner", "inner", times(`{"deep":`, n)+"{}"+times("}", n))
		}},
		"repeats": {1000, func(n int) Request {
			return Request{Query: "{" + fields(n, "a:echo(i:%d) ") + "}"}
		}},
		"repeats, fragments": {1000, func(n int) Request {
			return Request{Query: "{" + fields(n, "...{a:echo(i:%d)}") + "}"}
		}},
		"arguments": {6000, func(n int) Request {
			return Request{Query: "{echo(" + times("x:1 ", n) + ")}"}
		}},
		"fragments in a tree": {40, func(n int) Request { return Request{Query: fragmentChain(n)} }},
	} {
		t.Run(name, func(t *testing.T) {
			cost := func(n int) float64 {
				r := tt.make(n)
				return testing.AllocsPerRun(1, func() { run(newTestSchema(t), r) }) // nothing is in its cache
			}
			half, full := cost(tt.n/2), cost(tt.n)
			if full > 2.6*half+1000 {
				t.Errorf("%d cost %.0f allocations, %d cost %.0f", tt.n/2, half, tt.n, full)
			}
		})
	}
}

// echoVariable returns a request that passes a variable to an argument of echo.
func echoVariable(kind, argument, value string) Request {
	query := fmt.Sprintf("query($v: %s){echo(%s: $v)}", kind, argument)
	if argument == "inner" {
		query = `query($v: inner){echo(thing: {name: "n", value: 1, inner: $v})}`
	}
	return Request{Query: query, Variables: variables(`{"v":` + value + `}`)}
}
