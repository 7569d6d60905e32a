package graphql

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCoercion runs echo, whose result is its coerced arguments with sorted keys.
func TestCoercion(t *testing.T) {
	const digits = `123456789012345678901234567890.12345678901234567890e400`
	tests := map[string]struct{ query, variables, want string }{
		"literals": {`{echo(s: "a\u00e4\n", i: -3, b: true, f: 1.50, id: 12, way: down, ` +
			`list: ["x", null])}`, ``,
			`{"b":true,"f":1.50,"i":-3,"id":"12","list":["x",null],"s":"aä\n","way":"down"}`},
		"block string":        {"{echo(s: \"\"\"\n  a\n   b\n\"\"\")}", ``, `{"s":"a\n b"}`},
		"absent and null":     {`query($a: String, $b: ID){echo(s: $a, id: $b)}`, `{"b": null}`, `{"id":null}`},
		"defaults":            {`{defaulted}`, ``, `{"n":5,"s":"x"}`},
		"defaults and absent": {`query($n: Int){defaulted(n: $n)}`, ``, `{"n":5,"s":"x"}`},
		"default of variable": {`query($s: String = "d"){echo(s: $s)}`, `{}`, `{"s":"d"}`},
		"JSON literal": {`{echo(j: {a: [1, ` + digits + `, {b: null}], c: "\"", d: false})}`, ``,
			`{"j":{"a":[1,` + digits + `,{"b":null}],"c":"\"","d":false}}`},
		"JSON variable": {`query($j: JSON){echo(j: $j)}`,
			`{"j": { "b" : [ ` + digits + ` , "\u00e4\/\ud83d\ude00\u0000\ud800" ], "a": 1 }}`,
			`{"j":{"b":[` + digits + `,"ä/😀\u0000\ud800"],"a":1}}`},
		"variables in a JSON literal": {`query($s: String, $j: JSON, $i: Int, $w: direction, ` +
			`$t: [Float], $u: Int){echo(j: {s: $s, l: [$j, $i, $u], w: $w, t: $t, u: $u})}`,
			`{"s": "x", "j": {"k": 1e5}, "i": 2, "w": "up", "t": [1, 2.0]}`,
			`{"j":{"s":"x","l":[{"k":1e5},2,null],"w":"up","t":[1,2.0]}}`},
		"input object": {`{echo(thing: {name: "n", value: 1, inner: {deep: {n: 1}, ` +
			`list: 4}})}`, ``,
			`{"thing":{"inner":{"deep":{"n":1},"list":[4],"n":7},"name":"n","value":1,"way":"up"}}`},
		"input object variable": {`query($t: thing){echo(thing: $t)}`,
			`{"t": {"value": [ ], "name": "n", "way": "down", "inner": {"list": [1, 2]}}}`,
			`{"thing":{"inner":{"list":[1,2],"n":7},"name":"n","value":[],"way":"down"}}`},
		"variables in an object": {`query($n: String!, $v: JSON!, ` +
			`$l: Int!){echo(thing: {name: $n, value: $v, inner: {list: [$l]}})}`,
			`{"n": "n", "v": "v", "l": 3}`,
			`{"thing":{"inner":{"list":[3],"n":7},"name":"n","value":"v","way":"up"}}`},
		"absent variable in an object": {`query($w: direction, $i: inner){echo(thing: {name: "n", ` +
			`value: 1, way: $w, inner: $i})}`, ``, `{"thing":{"name":"n","value":1,"way":"up"}}`},
		"single value as a list": {`query($l: [String]){echo(list: $l)}`, `{"l": "one"}`,
			`{"list":["one"]}`},
		"whole numbers in any spelling": {`query($i: Int){echo(i: $i)}`, `{"i": 1.2e1}`, `{"i":12}`},
		"ID from a number":              {`query($i: ID){echo(id: $i)}`, `{"i": 12}`, `{"id":"12"}`},
		"custom scalar":                 {`query($e: even){echo(e: $e)}`, `{"e": 12}`, `{"e":12}`},
		"unknown variables are ignored": {`{echo(s: "x")}`, `{"other": 1}`, `{"s":"x"}`},
		"null for all variables":        {`{echo(s: "x")}`, ` null `, `{"s":"x"}`},
		"the last of equal keys": {`query($s: String){echo(s: $s)}`, `{"s": 1, "\u0073": "x"}`,
			`{"s":"x"}`},
	}
	s := newTestSchema(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := run(s, Request{Query: tt.query, Variables: variables(tt.variables)})
			var answer struct{ Data map[string]json.RawMessage }
			if err := json.Unmarshal([]byte(got), &answer); err != nil || len(answer.Data) != 1 {
				t.Fatalf("answer %s (%v)", got, err)
			}
			for _, value := range answer.Data {
				if diff := cmp.Diff(tt.want, string(value)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

// TestBadInput sends every kind of wrong input, with CANARY as the value.
func TestBadInput(t *testing.T) {
	type row struct{ query, variables, want, code string }
	tests := map[string]row{
		"variable is not a string": {`query($s: String!){required(s: $s)}`, `{"s": ["CANARY"]}`,
			`Variable "$s" got an invalid value; Expected type String. String cannot represent a non ` +
				`string value.`, CodeBadUserInput},
		"nested": {`query($t: thing){echo(thing: $t)}`,
			`{"t": {"name": 5, "value": "CANARY"}}`,
			`Variable "$t" got an invalid value at "t.name"; ` +
				`Expected type String. String cannot represent a non string value.`, CodeBadUserInput},
		"null in an object": {`query($t: thing){echo(thing: $t)}`,
			`{"t": {"name": "CANARY", "value": null}}`,
			`Variable "$t" got an invalid value at "t.value"; ` +
				`Expected non-nullable type JSON! not to be null.`, CodeBadUserInput},
		"missing in an object": {`query($t: thing){echo(thing: $t)}`, `{"t": {"name": "CANARY"}}`,
			`Variable "$t" got an invalid value; Field value of required type JSON! was not provided.`,
			CodeBadUserInput},
		"surplus in an object": {`query($t: thing){echo(thing: $t)}`,
			`{"t": {"name": "n", "value": 1, "CANARY": 1}}`,
			`Variable "$t" got an invalid value; A field is not defined by type thing, which has: name, ` +
				`value, inner, way.`, CodeBadUserInput},
		"no object": {`query($t: thing){echo(thing: $t)}`, `{"t": "CANARY"}`,
			`Variable "$t" got an invalid value; Expected type thing to be an object.`, CodeBadUserInput},
		"enum": {`query($w: direction){echo(way: $w)}`, `{"w": "CANARY"}`,
			`Variable "$w" got an invalid value; Expected type direction.`, CodeBadUserInput},
		"enum number": {`query($w: direction){echo(way: $w)}`, `{"w": 4}`,
			`Variable "$w" got an invalid value; Expected type direction.`, CodeBadUserInput},
		"int range": {`query($i: Int){echo(i: $i)}`, `{"i": 2147483648}`,
			`Variable "$i" got an invalid value; Expected type Int. Int cannot represent a non 32-bit ` +
				`signed integer value.`, CodeBadUserInput},
		"int fraction": {`query($i: Int){echo(i: $i)}`, `{"i": 1.5}`,
			`Variable "$i" got an invalid value; Expected type Int. Int cannot represent a non-integer ` +
				`value.`, CodeBadUserInput},
		"int text": {`query($i: Int){echo(i: $i)}`, `{"i": "CANARY"}`,
			`Variable "$i" got an invalid value; Expected type Int. Int cannot represent a non-integer ` +
				`value.`, CodeBadUserInput},
		"boolean": {`query($b: Boolean){echo(b: $b)}`, `{"b": "CANARY"}`,
			`Variable "$b" got an invalid value; Expected type Boolean. Boolean cannot represent a non ` +
				`boolean value.`, CodeBadUserInput},
		"float": {`query($f: Float){echo(f: $f)}`, `{"f": "CANARY"}`,
			`Variable "$f" got an invalid value; Expected type Float. Float cannot represent a non ` +
				`numeric value.`, CodeBadUserInput},
		"custom scalar": {`query($e: even){echo(e: $e)}`, `{"e": 3}`,
			`Variable "$e" got an invalid value; Expected type even. even cannot represent an odd ` +
				`number.`, CodeBadUserInput},
		"lone surrogate": {`query($s: String){echo(s: $s)}`, `{"s": "CANARY\ud800"}`,
			`Variable "$s" got an invalid value; Expected type String. String cannot represent a lone ` +
				`surrogate.`, CodeBadUserInput},
		"list element": {`query($l: [String]){echo(list: $l)}`, `{"l": ["CANARY", 1]}`,
			`Variable "$l" got an invalid value at "l[]"; Expected type String. String cannot represent ` +
				`a non string value.`, CodeBadUserInput},
		"required is missing": {`query($s: String!){required(s: $s)}`, ``,
			`Variable "$s" of required type "String!" was not provided.`, CodeInternal},
		"required is null": {`query($s: String!){required(s: $s)}`, `{"s": null}`,
			`Variable "$s" of non-null type "String!" must not be null.`, CodeInternal},
		"variables are a string": {`{name}`, `"CANARY"`,
			`Variables must be provided as an Object where each property is a variable value.`, CodeInternal},
		"literal string": {`{echo(i: "CANARY")}`, ``,
			`Int cannot represent a non-integer value.`, CodeValidationFailed},
		"literal for an object": {`{echo(thing: "CANARY")}`, ``,
			`Expected value of type "thing" to be an object.`, CodeValidationFailed},
		"literal number": {`{echo(s: 7777777)}`, ``,
			`String cannot represent a non string value.`, CodeValidationFailed},
		"literal enum": {`{echo(way: CANARY)}`, ``,
			`Enum "direction" cannot represent this value.`, CodeValidationFailed},
		"literal name for a string": {`{echo(s: CANARY)}`, ``,
			`String cannot represent a non string value.`, CodeValidationFailed},
		"literal name for JSON": {`{echo(j: [{a: CANARY}])}`, ``,
			`JSON cannot represent an unquoted name.`, CodeValidationFailed},
		"literal null": {`{required(s: null)}`, ``,
			`Expected value of type "String!", found null.`, CodeValidationFailed},
		"literal custom scalar": {`{echo(e: 77777)}`, ``, `even cannot represent an odd number.`,
			CodeValidationFailed},
		"literal int range": {`{echo(i: 2147483648)}`, ``,
			`Int cannot represent a non 32-bit signed integer value.`, CodeValidationFailed},
		"key twice": {`{echo(j: {CANARY: 1, CANARY: 2})}`, ``,
			`A JSON literal has a duplicate key.`, CodeValidationFailed},
		"field twice": {`{echo(thing: {name: "CANARY", name: "CANARY", value: 1})}`, ``,
			`There can be only one input field named "name".`, CodeValidationFailed},
		"literal field missing": {`{echo(thing: {name: "CANARY"})}`, ``,
			`Field "thing.value" of required type "JSON!" was not provided.`, CodeValidationFailed},
		"literal field unknown": {`{echo(thing: {name: "CANARY", value: 1, valeu: 2})}`, ``,
			`Field "valeu" is not defined by type "thing". Did you mean "value" or "name"?`,
			CodeValidationFailed},
		"syntax": {`{echo(s: "CANARY" CANARY)}`, ``,
			`Syntax Error: Expected :, found )`, codeParseFailed},
		"syntax, keyword": {`fragment a "CANARY" {name}`, ``,
			`Syntax Error: the document cannot be parsed`, codeParseFailed},
		"syntax, end": {`query{`, ``, `Syntax Error: Expected Name, found <EOF>`,
			codeParseFailed},
		"syntax, string": {`{echo(s: "CANARY`, ``,
			`Syntax Error: the document cannot be parsed`, codeParseFailed},
		"syntax, bare name": {`CANARY`, ``, `Syntax Error: the document cannot be parsed`,
			codeParseFailed},
		"no operation": {`fragment a on Query{name}`, ``, `Fragment "a" is never used.`,
			CodeValidationFailed},
		"only a comment": {`# CANARY`, ``, `Syntax Error: Unexpected <EOF>.`, codeParseFailed},
		"subscription": {`subscription{name}`, ``,
			`Schema is not configured for subscriptions.`, CodeInternal},
		"a list for an object": {`query($t: thing){echo(thing: $t)}`, `{"t": ["CANARY"]}`,
			`Variable "$t" got an invalid value; A field is not defined by type thing, which has: name, ` +
				`value, inner, way.`, CodeBadUserInput},
		"half a surrogate pair": {`{echo(s: "CANARY\ud83d\u0041")}`, ``,
			`Syntax Error: a string has half of a surrogate pair.`, codeParseFailed},
		"fragment with a variable": {`{...f} fragment f($a: String = "CANARY") on Query{name}`, ``,
			`Syntax Error: a fragment has no variables of its own.`, codeParseFailed},
		"directive with null": {`query($b: Boolean = true){name @skip(if: $b)}`, `{"b": null}`,
			`Argument "if" of non-null type "Boolean!" must not be null.`, CodeInternal},
		"which operation": {`query A{name} query B{name}`, ``,
			`Must provide operation name if query contains multiple operations.`, CodeInternal},
		"unknown field": {`{nmae}`, ``,
			`Cannot query field "nmae" on type "Query". Did you mean "name" or "node"?`,
			CodeValidationFailed},
		"unknown type": {`query($t: thimg){echo(thing: $t)}`, `{"t": "CANARY"}`,
			`Unknown type "thimg". Did you mean "thing" or "String"?`, CodeValidationFailed},
		"unknown argument": {`{name(x: "CANARY")}`, ``,
			`Unknown argument "x" on field "Query.name".`, CodeValidationFailed},
		"defer is not known": {`{... @defer{name}}`, ``, `Unknown directive "@defer".`,
			CodeValidationFailed},
		"fragment cycle": {`{...a} fragment a on Query{...b} fragment b on Query{...a}`, ``,
			`Cannot spread fragment "a" within itself via "b".`, CodeValidationFailed},
		"variable in no position": {`query($s: String){echo(i: $s)}`, `{"s": "CANARY"}`,
			`Variable "$s" of type "String" used in position expecting type "Int".`, CodeValidationFailed},
	}
	s := newTestSchema(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, errs := s.Prepare(Request{Query: tt.query, Variables: variables(tt.variables)})
			if len(errs) == 0 {
				t.Fatal("no error")
			}
			if errs[0].Message != tt.want || errs[0].Code != tt.code {
				t.Errorf("got  %s %s\nwant %s %s", errs[0].Code, errs[0].Message, tt.code, tt.want)
			}
			text := string((&Response{Errors: errs}).Append(nil))
			if strings.Contains(text, "CANARY") || strings.Contains(text, "7777") {
				t.Errorf("the answer echoes its input: %s", text)
			}
		})
	}
}

func TestNullForAnArgumentThatMustNotBe(t *testing.T) {
	s := newTestSchema(t)
	got := run(s, Request{Query: `query($s: String = "x"){required(s: $s) name}`,
		Variables: variables(`{"s": null}`)})
	want := `{"errors":[{"message":"Argument \"s\" has an invalid value.","locations":[{"line":1,` +
		`"column":25}],"path":["required"],"extensions":{"code":"INTERNAL_SERVER_ERROR"}}],` +
		`"data":{"required":null,"name":"n"}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A mistake is reported once, as by graphql-js 15.
func TestOneErrorForOneMistake(t *testing.T) {
	s := newTestSchema(t)
	for query, want := range map[string]int{
		`query($s: String, $s: String){echo(s: $s)}`:  1, // declared twice
		`query($s: Strin){echo(s: $s)}`:               1, // an unknown type
		`{name{x}}`:                                   1, // a leaf with a selection
		`{...f} fragment f on String{x}`:              1, // a fragment on a leaf
		`{name} {names}`:                              2, // two without a name
		`query a{name} query a{names}`:                1,
		`query a($s: Strin, $t: String){echo(s: $s)}`: 2,
	} {
		if _, errs := s.Prepare(Request{Query: query}); len(errs) != want {
			t.Errorf("%s: %d errors: %s", query, len(errs), (&Response{Errors: errs}).Append(nil))
		}
	}
}

// Complete pairs, and what only looks like half of one, pass.
func TestSurrogatesThatPass(t *testing.T) {
	for literal, want := range map[string]string{
		`"\ud83d\ude00"`: `"😀"`, `"\\ud83d"`: `"\\ud83d"`, `"""\ud83d"""`: `"\\ud83d"`,
		`"\u{1F600}"`: `"😀"`, `"\ufffd"`: "\"\ufffd\"",
		`"#\"" # "\ud83d"` + "\n": `"#\""`,
	} {
		got := run(newTestSchema(t), Request{Query: `{echo(s: ` + literal + `)}`})
		if got != `{"data":{"echo":{"s":`+want+`}}}` {
			t.Errorf("%s: %s", literal, got)
		}
	}
}

func TestOperationOfNoName(t *testing.T) {
	for _, name := range []string{"", "B"} {
		_, errs := newTestSchema(t).Prepare(Request{Query: `{name}`, OperationName: ptr(name)})
		if len(errs) != 1 || errs[0].Message != "Unknown operation name." {
			t.Errorf("%q: %v", name, errs)
		}
	}
	choice := Request{Query: `query A{name} subscription B{name}`, OperationName: ptr("A")}
	if got := run(newTestSchema(t), choice); got != `{"data":{"name":"n"}}` {
		t.Errorf("beside a subscription: %s", got)
	}
}
