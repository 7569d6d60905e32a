package cloud_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hasuraCase is a line of fixtures/graphql/hasura.jsonl.
type hasuraCase struct {
	Case     string
	Args     string   // of the field secret
	Want     []string // names, in order
	Standing string   // documented: Source says so; chosen: nothing that we found does
	Source   string   // a URL
}

func readHasuraCases(t *testing.T) []hasuraCase {
	t.Helper()
	var out []hasuraCase
	for _, line := range readFixtureLines(t, "hasura.jsonl") {
		var c hasuraCase
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		if (c.Standing == "documented") != strings.HasPrefix(c.Source, "https://") {
			t.Errorf("%s is %s and cites %q", c.Case, c.Standing, c.Source)
		}
		out = append(out, c)
	}
	return out
}

// TestHasura compares the field secret with what Hasura's documentation says about
// such a table.
func TestHasura(t *testing.T) {
	a := newAPI(t)
	for _, n := range []string{"pct%", "delta", "betax2", "beta_2", "beta", "alpha"} {
		post(t, a, adminKey, setSecretBody(fmt.Sprintf(`{"name": %q, "value": 1}`, n)))
	}
	for _, c := range readHasuraCases(t) {
		t.Run(c.Case, func(t *testing.T) {
			body, _ := json.Marshal(map[string]string{"query": "{secret" + c.Args + "{name}}"})
			var got struct {
				Errors []wireError
				Data   struct{ Secret []struct{ Name string } }
			}
			if text := post(t, a, adminKey, string(body)).body; json.Unmarshal([]byte(text), &got) != nil || got.Errors != nil {
				t.Fatal(text)
			}
			names := []string{}
			for _, row := range got.Data.Secret {
				names = append(names, row.Name)
			}
			if diff := cmp.Diff(c.Want, names); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.Args, diff)
			}
		})
	}
}

// A variable that is null, or not given, filters nothing either: clients of 0.9 send
// null for the one of two that they do not mean.
func TestVariableThatIsNullFiltersNothing(t *testing.T) {
	a := newAPI(t)
	post(t, a, adminKey, setSecretBody(`{"name": "a", "value": 1}`))
	const ask = `{"query":"query($e: String, $i: [String!], $w: secret_bool_exp, ` +
		`$o: [secret_order_by!], $l: Int){secret(where: {name: {_eq: $e, _in: $i}, _not: $w}, ` +
		`order_by: $o, limit: $l){name}}","variables":`
	for _, variables := range []string{`{}`, `{"e":null,"i":null,"w":null,"o":null,"l":null}`,
		`{"i":"a","o":{"name":"desc"},"w":{"name":{"_eq":"b"}}}`} {
		if got := post(t, a, adminKey, ask+variables+"}").body; got != `{"data":{"secret":[{"name":"a"}]}}`+"\n" {
			t.Errorf("%s: %s", variables, got)
		}
	}
}

// What is evaluated for every row is limited, whether it is wide or deep.
func TestConditionsAreLimited(t *testing.T) {
	a := newAPI(t)
	post(t, a, adminKey, setSecretBody(`{"name": "a", "value": 1}`))
	wide := func(n int) string {
		return `{"_or":[` + strings.Repeat(`{"name":{"_eq":"a"}},`, n-1) + `{"name":{"_eq":"x"}}]}`
	}
	deep := func(n int) string { return strings.Repeat(`{"_not":`, n) + "{}" + strings.Repeat("}", n) }
	for where, fits := range map[string]bool{wide(99): true, wide(100): false, deep(198): true,
		deep(200): false, deep(9000): false} {
		got := post(t, a, adminKey, `{"query":"query($w: secret_bool_exp){secret(where: $w){name}}",`+
			`"variables":{"w":`+where+`}}`).body
		limit := `"message":"where has more than 200 conditions"`
		refused := strings.Contains(got, limit) && strings.Contains(got, "BAD_USER_INPUT")
		if fits && got != `{"data":{"secret":[{"name":"a"}]}}`+"\n" || !fits && !refused {
			t.Errorf("%.60s: %.200s", where, got)
		}
	}
}
