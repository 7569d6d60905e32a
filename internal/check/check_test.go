package check

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/test/bench/cputime"
)

func TestDiagnosticAsJSON(t *testing.T) {
	found := File("a.toml", []byte("[cloud]\napi_key = 'x'\n"), Options{})
	got, err := json.MarshalIndent(found, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `[
 {
  "rule": "plaintext-secret",
  "severity": "warning",
  "message": "cloud.api_key is in the file in plain text",
  "hint": "name an environment variable instead: api_key = \"$API_KEY\"",
  "file": "a.toml",
  "line": 2,
  "column": 11,
  "end_line": 2,
  "end_column": 14,
  "key": "cloud.api_key",
  "help": "https://github.com/prefect-secrets/prefect-secrets/blob/main/docs/checks.md#plaintext-secret"
 }
]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

// TestSorted has findings of two rules, those of the later rule first in the text.
func TestSorted(t *testing.T) {
	found := File("a.toml", []byte("password = 'x'\nkeys = 1\ntoken = 'y'\n"), Options{})
	var got []string
	for _, d := range found {
		got = append(got, fmt.Sprint(d.Line, " ", d.Rule))
	}
	if diff := cmp.Diff([]string{"1 plaintext-secret", "2 reserved-key", "3 plaintext-secret"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestOptionsRules(t *testing.T) {
	both := []byte("password = 'x'\nkeys = 1\n") // a finding of each of two rules
	for _, tt := range []struct {
		rules []string
		text  []byte
		want  []string
	}{
		{nil, both, []string{"plaintext-secret", "reserved-key"}},
		{[]string{"reserved-key"}, both, []string{"reserved-key"}},
		{[]string{}, both, nil},
		{[]string{"reserved-key"}, []byte("a ="), []string{"syntax"}},
	} {
		var got []string
		for _, d := range File("a.toml", tt.text, Options{Rules: tt.rules}) {
			got = append(got, d.Rule)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("rules %q: %s", tt.rules, diff)
		}
	}
}

func TestRulesIsACopy(t *testing.T) {
	Rules()[0].Name = "changed"
	if got := Rules()[0].Name; got != "syntax" {
		t.Errorf("the first rule is %q", got)
	}
}

func TestFailOn(t *testing.T) {
	notes := []Diagnostic{{Severity: SeverityNote}}
	warnings := append(notes, Diagnostic{Severity: SeverityWarning})
	errors := append(warnings, Diagnostic{Severity: SeverityError})
	for _, tt := range []struct {
		text               string
		onWarning, onError bool
	}{
		{"", false, true},
		{"error", false, true},
		{"warning", true, true},
		{"never", false, false},
	} {
		f, err := ParseFailOn(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		if f.Fails(nil) || f.Fails(notes) {
			t.Errorf("%q: fails without a warning", tt.text)
		}
		got := [2]bool{f.Fails(warnings), f.Fails(errors)}
		if want := [2]bool{tt.onWarning, tt.onError}; got != want {
			t.Errorf("%q: got %v, want %v", tt.text, got, want)
		}
	}
	if zero := FailOn(""); zero.Fails(warnings) || !zero.Fails(errors) {
		t.Error("the zero value is not error")
	}
	if _, err := ParseFailOn("errors"); err == nil {
		t.Error("no error for an unknown word")
	}
}

// TestUncertainPlaces has no position for a finding if the scanner and the decoder
// disagree.
func TestUncertainPlaces(t *testing.T) {
	s := newSource("a.toml", "password = 'x'\n")
	s.verified = false
	rule := Rule{Name: "plaintext-secret", Severity: SeverityWarning}
	d := s.diagnostic(rule, finding{message: "m", start: 11, end: 14})
	if d.Line != 0 || d.Column != 0 || d.EndLine != 0 || d.EndColumn != 0 || d.Frame != "" {
		t.Errorf("got a position: %+v", d)
	}
	if got, want := d.String(), "a.toml: warning: m [plaintext-secret]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestDecoderRefuses has a text that the decoder rejects and the scanner does not.
func TestDecoderRefuses(t *testing.T) {
	s := newSource("a.toml", "[a]\nkey = 'hidden'\nother = 2\n")
	s.rejectedAt = strings.Index(s.doc.Text, "other")
	var found []Diagnostic
	checkSyntax(s, func(f finding) { found = append(found, s.diagnostic(syntaxRule, f)) })
	if len(found) != 1 || found[0].Line != 3 || found[0].Message != "this is not TOML 1.0" {
		t.Fatalf("got %+v", found)
	}
	if want := "    1 | ***\n    2 | ***\n    3 | ***\n      | ^"; found[0].Frame != want {
		t.Errorf("got frame\n%s\nwant\n%s", found[0].Frame, want)
	}
}

func TestDecodeGivesAnOffset(t *testing.T) {
	if _, rejectedAt := decodeKeys("\ufeffa = 1\nb = ?\n"); rejectedAt < 9 || rejectedAt > 13 {
		t.Errorf("rejected at %d", rejectedAt)
	}
	if keys, rejectedAt := decodeKeys("a.b = 1"); rejectedAt != -1 || len(keys) != 1 {
		t.Errorf("got %v, %d", keys, rejectedAt)
	}
}

// longConfig returns a configuration of about 6 KB.
func longConfig() string {
	var b strings.Builder
	for i := 0; b.Len() < 6000; i++ {
		fmt.Fprintf(&b, `# Section %d, as teams write them.
[team_%d]
debug = true
home_dir = "~/.prefect/team_%d"
api = "https://api-%d.example.com/graphql" # behind the proxy
heartbeat_interval = 30.0
labels = ["prod", "team-%d", 'gpu']
retry = { max_retries = 3, delay = 10 }

[team_%d.context]
region = "$REGION_%d"
started = 1979-05-27T07:32:00Z

`, i, i, i, i, i, i, i)
	}
	b.WriteString("[context.secrets]\n")
	for i := range 12 {
		fmt.Fprintf(&b, "secret_%d = \"$SECRET_%d\"\n", i, i)
	}
	return b.String()
}

func BenchmarkFile(b *testing.B) {
	text := []byte(longConfig())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	report := cputime.Start(b)
	for b.Loop() {
		if found := File("config.toml", text, Options{}); len(found) > 0 {
			b.Fatal(found)
		}
	}
	report()
}

// BenchmarkDecode decodes the config of BenchmarkFile, to compare.
func BenchmarkDecode(b *testing.B) {
	text := longConfig()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	report := cputime.Start(b)
	for b.Loop() {
		var m map[string]any
		if _, err := toml.Decode(text, &m); err != nil {
			b.Fatal(err)
		}
	}
	report()
}

// BenchmarkFindings shows that the time per finding does not grow with their number,
// even in one line.
func BenchmarkFindings(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		var keys strings.Builder
		keys.WriteString("[context]\nsecrets = { ")
		for i := range n {
			fmt.Fprintf(&keys, "key_%d = 'x', ", i)
		}
		keys.WriteString("last = 'x' }")
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				File("config.toml", []byte(keys.String()), Options{})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/finding")
		})
	}
}
