package cloud_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// apolloDocument is a document of a batch as Apollo's batch link sends it.
type apolloDocument struct {
	OperationName string         `json:"operationName,omitempty"`
	Variables     map[string]any `json:"variables"`
	Query         string         `json:"query"`
}

// TestBatchOfTheUI sends as many documents as PrefectHQ/ui does, and reads the answers in
// order: each write is seen by the list after it, and an error stays with its document.
func TestBatchOfTheUI(t *testing.T) {
	a := newAPI(t)
	var batch []apolloDocument
	var want []string
	last := "" // of the names that are set
	for n := range 25 {
		name := fmt.Sprintf("S%02d", n)
		switch {
		case n == 12:
			batch = append(batch, apolloDocument{"Value", nil, `query Value { secret_value(name: "S00") __typename }`})
			want = append(want, `{"errors":[{"message":"Unauthorized"`)
		case n%2 == 0:
			batch = append(batch, apolloDocument{"SetSecret", map[string]any{"name": name, "value": n},
				`mutation SetSecret($name: String!, $value: JSON!) { set_secret(input: {name: $name, value: $value}) { success __typename } }`})
			want = append(want, `{"data":{"set_secret":{"success":true,"__typename":"success_payload"}}}`)
			last = name
		default:
			batch = append(batch, apolloDocument{"SecretNames", map[string]any{}, `query SecretNames { secret_names }`})
			want = append(want, last+`"]}}`)
		}
	}
	body, err := json.Marshal(batch)
	if err != nil {
		t.Fatal(err)
	}
	got := post(t, a, adminKey, string(body))
	var answers []json.RawMessage
	if err := json.Unmarshal([]byte(got.body), &answers); err != nil || got.status != 200 || len(answers) != len(batch) {
		t.Fatalf("%d with %d answers: %s", got.status, len(answers), got.body)
	}
	for n, answer := range answers {
		if !strings.Contains(string(answer), want[n]) {
			t.Errorf("document %d: %s, want %s", n, answer, want[n])
		}
	}
}

// Many documents cost together what fewer large ones may.
func TestBatchesAreBounded(t *testing.T) {
	large := apolloDocument{Query: "{" + strings.Repeat("__typename ", 100) + strings.Repeat(" ", 45_000) + "}"}
	objects := apolloDocument{Query: `{__typename}`, Variables: map[string]any{"x": slices.Repeat([]any{struct{}{}}, 30_000)}}
	small := apolloDocument{Query: `{__typename}`}
	for name, tt := range map[string]struct {
		document apolloDocument
		count    int
		want     string // what refuses it
	}{
		"50 small documents": {small, 50, ""},
		"51 small documents": {small, 51, "A batch holds at most 50 documents."},
		"20 long documents":  {large, 20, ""},
		"21 long documents":  {large, 21, "The documents of the batch are too large together: send fewer at once."},
		"20 of many objects": {objects, 20, ""},
		"21 of many objects": {objects, 21, "The documents of the batch are too large together: send fewer at once."},
	} {
		body, err := json.Marshal(slices.Repeat([]apolloDocument{tt.document}, tt.count))
		if err != nil {
			t.Fatal(err)
		}
		got := post(t, newAPI(t), adminKey, string(body))
		if tt.want != "" {
			if got.status != 400 || got.body != tt.want {
				t.Errorf("%s: %d %.200s", name, got.status, got.body)
			}
		} else if n := strings.Count(got.body, `{"data":{"__typename":"Query"}}`); got.status != 200 || n != tt.count {
			t.Errorf("%s: %d, %d answers: %.200s", name, got.status, n, got.body)
		}
	}
}

// switch_tenant takes the type UUID, as PrefectHQ/ui names it, and uuid, which queries
// have.
func TestTypeOfATenantsID(t *testing.T) {
	for _, field := range []string{"switch_tenant(input: {tenant_id: $id}) {token: access_token}", "switchTenant(input: {tenantId: $id}) {token: accessToken}"} {
		for declared, want := range map[string]string{
			"UUID!": `"token":"pst_`, "uuid!": `"token":"pst_`, `UUID = "` + tenantA + `"`: `"token":"pst_`,
			"UUID":    `Variable \"$id\" of type \"UUID\" used in position expecting type \"UUID!\".`,
			"String!": `Variable \"$id\" of type \"String!\" used in position expecting type \"UUID!\".`,
			"[UUID!]": `Variable \"$id\" of type \"[UUID!]\" used in position expecting type \"UUID!\".`,
		} {
			body, err := json.Marshal(apolloDocument{"SwitchTenant", map[string]any{"id": tenantA}, "mutation SwitchTenant($id: " + declared + ") {" + field + "}"})
			if err != nil {
				t.Fatal(err)
			}
			if got := post(t, newAPI(t), adminKey, string(body)).body; !strings.Contains(got, want) {
				t.Errorf("%s of type %s: %s", field, declared, got)
			}
		}
	}
	query := `{"query": "query($id: UUID) {tenant(where: {id: {_eq: $id}}) {id}}"}`
	if got := post(t, newAPI(t), adminKey, query).body; !strings.Contains(got, `expecting type \"uuid\"`) {
		t.Errorf("a query takes UUID: %s", got)
	}
}
