package vault

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzKeys(f *testing.F) {
	for _, seed := range []string{
		`["a","b/"]`, ` [ "a" ,\n"" ] `, `[]`, `null`, `["\u0061","b"]`, `["a",1]`, `["a",["b"]]`, `[["a"]]`,
		`[[],"a"]`, `"a"`, `{"a":"b"}`, `["é"]`, "[\"\xff\"]", `["a`, `["a",null]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var want []string
		var got keys
		wantErr, err := json.Unmarshal(text, &want), json.Unmarshal(text, &got)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		if diff := cmp.Diff(want, []string(got)); err == nil && diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
