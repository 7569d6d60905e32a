package vault

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzParseKeys(f *testing.F) {
	const begin, end = `{"request_id":"r","data":{"keys":`, `},"warnings":null}`
	for _, keys := range []string{
		`["a","b/"]`, ` [ "a" ,\n"" ] `, `[]`, `null`, `["\u0061","b"]`, `["a",1]`, `["a",["b"]]`, `[["a"]]`,
		`[[],"a"]`, `"a"`, `{"a":"b"}`, `["é"]`, "[\"\xff\"]", `["a`, `["a",null]`, `["a",]`, `["a"`, `["a",`, `[,"a"]`, `["a"["b"]`,
	} {
		f.Add([]byte(begin + keys + end))
		f.Add([]byte(begin + keys))
	}
	for _, text := range []string{
		`{"data":{"keys":["a"],"keys":["b"]}}`, `{"data":{"keys":["a"],"keys":null}}`, `{"data":{"keys":["a"]},"data":null}`,
		`{"data":{"keys":["a"]},"data":{"keys":["b","c"]}}`, `{"other":{"data":{"keys":["a"]}}}`,
		`{"other":{"data":{"keys":["a"]}},"data":{"keys":["b"]}}`, `{"data":{"keys":["a"]}} x`, `{"data":{"keys":["a"]`,
		`{"data" : {"keys":["a"]}}`, `{"data":{"keys":["a"]},"Data":{"Keys":["b"]}}`, `{}`, ``,
		`{"data":{"keys":["a"]},"data":{"keys":[]}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		want, wantErr := unmarshalKeys(text)
		got, err := parseKeys(text)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
