package cloud_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

const (
	setBody = `{"query":"mutation($input: set_secret_input!) {\n    set_secret(input: $input) ` +
		`{\n        success\n    }\n}","variables":"{\"input\": {\"name\": \"A\", ` +
		`\"value\": \"p\\u00e4ss\"}}"}`
	getBody = `{"query":"query($name: String!) {\n        secret_value(name: $name)\n}",` +
		`"variables":"{\"name\": \"A\"}"}`
)

// BenchmarkNewSetGet makes an API, sets a secret and gets it through GraphQL,
// without a socket.
func BenchmarkNewSetGet(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		a := newAPI(b, func(c *cloud.Config) { c.Keys = c.Keys[:2] })
		post(b, a, adminKey, setBody)
		if got := post(b, a, runKey, getBody).body; got != `{"data":{"secret_value":"päss"}}`+"\n" {
			b.Fatal(got)
		}
	}
}

// BenchmarkSet sets a secret with variables over an existing API without a hook.
func BenchmarkSet(b *testing.B) {
	a := newAPI(b)
	b.ReportAllocs()
	for b.Loop() {
		post(b, a, adminKey, setBody)
	}
}

// BenchmarkBatchOf100 executes one document of 100 aliased sets with variables.
func BenchmarkBatchOf100(b *testing.B) {
	var vars, aliases, values strings.Builder
	for i := range 100 {
		fmt.Fprintf(&vars, "$i%d: set_secret_input! ", i)
		fmt.Fprintf(&aliases, "A%d: set_secret(input: $i%d){success changed} ", i, i)
		fmt.Fprintf(&values, `,"i%d":{"name":"N%d","value":"v"}`, i, i)
	}
	body := `{"query":"mutation(` + vars.String() + `){` + aliases.String() + `}","variables":{` +
		values.String()[1:] + `}}`
	a := newAPI(b)
	b.ReportAllocs()
	for b.Loop() {
		if got := post(b, a, adminKey, body); got.status != 200 || strings.Contains(got.body, "errors") {
			b.Fatal(got.body)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	a := newEngine(t)
	if _, err := a.Inject(faults.Match{Secret: "N3"}, faults.Fault{Code: "API_ERROR"}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			name := fmt.Sprintf("N%d", i)
			for range 50 {
				post(t, a, adminKey, setSecretBody(`{"name": "`+name+`", "value": "`+name+`"}`))
				got := post(t, a, runKey, `{"query":"query($n: String!){v: secret_value(name: $n) `+
					`secret{name version} secret_names}","variables":{"n":"`+name+`"}}`).body
				if (i != 3) != strings.HasPrefix(got, `{"data":{"v":"`+name+`"`) {
					t.Error(got)
					return
				}
				a.Calls(faults.Match{Secret: name})
				a.Faults()
			}
		})
	}
	wg.Wait()
	checkQuery(t, a, adminKey, `{secret_names}`,
		`{"data":{"secret_names":["N0","N1","N2","N4","N5","N6","N7"]}}`)
}
