package prefect_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

const canary = "CANARY3f9a"

func TestValueNeverShows(t *testing.T) {
	v := prefect.TextValue(canary)
	holder := struct {
		Open   prefect.Value
		hidden prefect.Value
	}{v, v}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T", "%p"} {
		fmt.Fprintf(&out, verb+"\n", v)
		fmt.Fprintf(&out, verb+"\n", &v)
		fmt.Fprintf(&out, verb+"\n", holder)
		fmt.Fprintf(&out, verb+"\n", &holder)
		fmt.Fprintf(&out, verb+"\n", map[string]any{"v": holder})
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("text", "v", v, "holder", holder)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("json", "v", v, "holder", holder)
	if err := template.Must(template.New("").Parse("{{.Open}} {{.}}")).Execute(&out, holder); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(map[string]any{"v": v, "holder": holder})
	if err != nil {
		t.Fatal(err)
	}
	diff := cmp.Diff(v, prefect.TextValue("other"))
	all := out.String() + log.String() + string(data) + diff
	if strings.Contains(all, canary) || strings.Contains(all, fmt.Sprintf("%x", canary)) {
		t.Error("a value showed")
	}
	if !strings.Contains(all, "[redacted]") || diff == "" {
		t.Error("the test printed nothing that was redacted")
	}
}

func TestValueReveals(t *testing.T) {
	tests := []struct {
		in   any
		want string
	}{
		{42, "42"},
		{"a<b>&\n", `"a<b>&\n"`},
		{json.RawMessage(`{"n": 123456789012345678901234567890.10}`), `{"n":123456789012345678901234567890.10}`},
		{map[string]any{"a": []int{1}}, `{"a":[1]}`},
		{prefect.TextValue("x"), `"x"`},
		{nil, "null"},
	}
	for _, tt := range tests {
		v, err := prefect.NewValue(tt.in)
		if err != nil {
			t.Fatalf("NewValue(%T): %v", tt.in, err)
		}
		if got := string(v.Reveal()); got != tt.want {
			t.Errorf("NewValue(%T) reveals %s, want %s", tt.in, got, tt.want)
		}
	}
	v := prefect.TextValue("x")
	v.Reveal()[1] = 'y'
	if got := string(v.Reveal()); got != `"x"` {
		t.Errorf("changing a revealed copy changed the value to %s", got)
	}
}

func TestNewValueErrorQuotesNothing(t *testing.T) {
	for _, in := range []any{json.RawMessage(canary), func() string { return canary }, failing{}} {
		_, err := prefect.NewValue(in)
		if err == nil {
			t.Errorf("NewValue(%T) succeeded", in)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("NewValue(%T): the error holds the value", in)
		}
	}
}

type failing struct{}

func (failing) MarshalJSON() ([]byte, error) { return nil, fmt.Errorf("cannot write %s", canary) }
