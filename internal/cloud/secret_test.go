package cloud_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

func TestReadSecret(t *testing.T) {
	for value, want := range map[string]string{
		`"a"`: `"a"`, ` { "a" : [ 1.50 , "\u00e9\/" ] } `: `{"a":[1.50,"é/"]}`, `false`: `false`,
	} {
		if got, err := cloud.ReadSecret("S", []byte(value)); string(got) != want || err != nil {
			t.Errorf("%s: %s, %v", value, got, err)
		}
	}
	for name, value := range map[string]string{
		"": `1`, strings.Repeat("n", 256): `1`, "bad \xff": `1`, "null": ` null `, "no JSON": canary,
		"nothing":  ``,
		"no UTF-8": "\"\xff\"", "large": `"` + strings.Repeat(canary, 7000) + `"`,
	} {
		if _, err := cloud.ReadSecret(name, []byte(value)); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestLimitsOfOneAlias(t *testing.T) {
	a := newAPI(t)
	long := strings.Repeat("n", cloud.MaxName)
	big := strings.Repeat("v", cloud.MaxValue-2)
	doc := `mutation($v: JSON!, $w: JSON!){` +
		`a: set_secret(input: {name: "", value: 1}){success} b: set_secret(input: {name: "` + long +
		`x", value: 1}){success} ` +
		`c: set_secret(input: {name: "c", value: $w}){success} d: set_secret(input: {name: "` + long +
		`", value: $v}){success}}`
	variables := map[string]string{"v": big, "w": big + "x"}
	body, _ := json.Marshal(map[string]any{"query": doc, "variables": variables})
	var got struct {
		Errors []struct {
			Message    string
			Path       []string
			Extensions struct{ Code string }
		}
		Data map[string]any
	}
	resp := post(t, a, adminKey, string(body))
	if err := json.Unmarshal([]byte(resp.body), &got); err != nil || resp.status != http.StatusOK {
		t.Fatal(resp.status, err)
	}
	var lines []string
	for _, e := range got.Errors {
		lines = append(lines, e.Path[0]+" "+e.Extensions.Code+" "+e.Message)
	}
	want := []string{
		"a BAD_USER_INPUT the name of a secret must not be empty",
		"b BAD_USER_INPUT the name of a secret holds at most 255 bytes",
		"c BAD_USER_INPUT the value of a secret holds at most 65536 bytes of JSON",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	checkQuery(t, a, adminKey, `{secret_names}`, `{"data":{"secret_names":["`+long+`"]}}`)
}
