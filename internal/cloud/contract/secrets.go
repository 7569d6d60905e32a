package contract

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// secrets sets, gets, overwrites and deletes a secret in both dialects.
func (s *suite) secrets(t *testing.T) {
	for _, f := range []struct{ set, input, get, del, delInput string }{
		{"setSecret", "setSecretInput", "secretValue", "deleteSecret", "deleteSecretInput"},
		{"set_secret", "set_secret_input", "secret_value", "delete_secret", "delete_secret_input"},
	} {
		name := map[string]any{"name": s.name("life")}
		input := func(value any) map[string]any {
			return map[string]any{"input": map[string]any{"name": s.name("life"), "value": value}}
		}
		set := fmt.Sprintf("mutation($input: %s!) {\n    %s(input: $input) "+
			"{\n        success\n    }\n}", f.input, f.set)
		get := fmt.Sprintf("query($name: String!) {\n        %s(name: $name)\n}", f.get)
		del := fmt.Sprintf("mutation($input: %s!) {%s(input: $input) {success}}", f.delInput, f.del)
		done := func(field string) string { return `{"data":{"` + field + `":{"success":true}}}` }
		missing := `{"errors":[{"message":"No value found for the requested key","locations":[{"line":2,` +
			`"column":9}],"path":["` + f.get +
			`"],"extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":{"` + f.get + `":null}}`

		checkEqual(t, "missing", missing, s.ask(t, s.RunnerKey, get, name))
		checkEqual(t, "set", done(f.set), s.ask(t, s.AdminKey, set, input("one")))
		checkEqual(t, "get", `{"data":{"`+f.get+`":"one"}}`, s.ask(t, s.RunnerKey, get, name))
		checkEqual(t, "set again", done(f.set), s.ask(t, s.AdminKey, set, input([]int{2})))
		checkEqual(t, "get again", `{"data":{"`+f.get+`":[2]}}`, s.ask(t, s.RunnerKey, get, name))
		checkEqual(t, "delete", done(f.del), s.ask(t, s.AdminKey, del, map[string]any{"input": name}))
		checkEqual(t, "gone", missing, s.ask(t, s.RunnerKey, get, name))
		checkEqual(t, "delete what is gone", done(f.del),
			s.ask(t, s.AdminKey, del, map[string]any{"input": name}))
	}
}

// values checks that JSON is returned as it was sent.
func (s *suite) values(t *testing.T) {
	for _, value := range []string{
		`"text"`, `""`, `" 1 "`, `"{\"a\": 1}"`, `0`, `-0`, `1.50`, `12345678901234567890123.10`,
		`1e400`, `true`, `false`,
		`[]`, `{}`, `{"b":[1,null,{"c":"ä\u0000😀"}],"a":""}`, `"` + strings.Repeat("x", 60_000) + `"`,
	} {
		s.set(t, "value", value)
		got := s.ask(t, s.RunnerKey, `query($n: String!){secret_value(name: $n)}`,
			map[string]string{"n": s.name("value")})
		checkEqual(t, fmt.Sprintf("%.40s", value), `{"data":{"secret_value":`+value+`}}`, got)
	}
	for _, n := range []string{"..", "a/b", "%2F", "ä😀", "new\nline", "nul\x00", "{{ }}"} {
		s.set(t, n, `"`+canary+`"`)
		got := s.ask(t, s.RunnerKey, `query($n: String!){secretValue(name: $n)}`,
			map[string]string{"n": s.name(n)})
		checkEqual(t, fmt.Sprintf("the name %q", n), `{"data":{"secretValue":"`+canary+`"}}`, got)
	}
}

// names asks for names with both fields, filtered, sorted and in pages.
func (s *suite) names(t *testing.T) {
	for _, n := range []string{"list b", "list a", "list c"} {
		s.set(t, n, `"`+canary+`"`)
	}
	var own []string
	for _, n := range s.runNames(t) {
		if rest := strings.TrimPrefix(n, s.prefix); strings.HasPrefix(rest, "list ") {
			own = append(own, rest)
		}
	}
	if diff := cmp.Diff([]string{"list a", "list b", "list c"}, own); diff != "" {
		t.Errorf("secret_names (-want +got):\n%s", diff)
	}
	for args, letters := range map[string]string{
		`, order_by: {name: asc}`:                       "abc",
		`, order_by: [{name: desc}]`:                    "cba",
		`, order_by: {name: desc}, limit: 1, offset: 1`: "b",
	} {
		got := s.ask(t, s.RunnerKey, `query($w: String){secret(where: {name: {_like: $w, `+
			`_eq: null}}`+args+`){name}}`, map[string]string{"w": s.name("list _")})
		var rows []string
		for _, letter := range letters {
			name, _ := json.Marshal(s.name("list " + string(letter)))
			rows = append(rows, `{"name":`+string(name)+`}`)
		}
		checkEqual(t, args, `{"data":{"secret":[`+strings.Join(rows, ",")+`]}}`, got)
	}
}

// extensions checks what Prefect Cloud's API does not have.
func (s *suite) extensions(t *testing.T) {
	got := s.ask(t, s.AdminKey, `{secrets_api{version key}}`, nil)
	if !strings.HasPrefix(got, `{"data":{"secrets_api":{"version":2,"key":"`) {
		t.Errorf("secrets_api: %s", got)
	}
	name := map[string]string{"n": s.name("changed")}
	set := `mutation($n: String!){set_secret(input: {name: $n, value: [1]}){success changed}}`
	del := `mutation($n: String!){delete_secret(input: {name: $n}){success changed}}`
	changed := func(field string, is bool) string {
		return fmt.Sprintf(`{"data":{%q:{"success":true,"changed":%t}}}`, field, is)
	}
	checkEqual(t, "new", changed("set_secret", true), s.ask(t, s.AdminKey, set, name))
	checkEqual(t, "the same", changed("set_secret", false), s.ask(t, s.AdminKey, set, name))
	checkEqual(t, "its version", `{"data":{"secret":[{"version":1}]}}`,
		s.ask(t, s.AdminKey, `query($n: String!){secret(where: {name: {_eq: $n}}){version}}`, name))
	checkEqual(t, "deleted", changed("delete_secret", true), s.ask(t, s.AdminKey, del, name))
	checkEqual(t, "deleted again", changed("delete_secret", false), s.ask(t, s.AdminKey, del, name))
}

// limits checks that exceeding a limit fails one alias and not the others.
func (s *suite) limits(t *testing.T) {
	long := strings.Repeat("n", 256)
	got := s.ask(t, s.AdminKey, `mutation($v: JSON!, $l: String!, $n: String!){
  a: set_secret(input: {name: "", value: $v}){success}
  b: set_secret(input: {name: $l, value: 1}){success}
  c: set_secret(input: {name: $n, value: $v}){success}
  d: set_secret(input: {name: $n, value: 1}){success}
}`, map[string]string{"v": strings.Repeat("v", 64<<10), "l": long, "n": s.name("limit")})
	var answer struct {
		Errors []struct {
			Path       []string
			Extensions struct{ Code string }
		}
		Data json.RawMessage
	}
	if err := json.Unmarshal([]byte(got), &answer); err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, e := range answer.Errors {
		failed = append(failed, strings.Join(e.Path, ".")+" "+e.Extensions.Code)
	}
	if diff := cmp.Diff([]string{"a BAD_USER_INPUT", "b BAD_USER_INPUT", "c BAD_USER_INPUT"}, failed); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(`{"a":null,"b":null,"c":null,"d":{"success":true}}`, string(answer.Data)); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
}
