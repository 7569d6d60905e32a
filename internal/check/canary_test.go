package check

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// canary is a value that must not be shown. It is lower case because an upper-case
// $NAME is a reference, which is shown.
const canary = "canary-7f3a"

// canaries is a configuration with a canary wherever a value can be. No comment has
// an equals sign: on a line of its own, a key is what comes before that, and names
// of keys are shown.
const canaries = `# canary-7f3a
[context.secrets] # canary-7f3a
basic = "canary-7f3a"
escaped = "\u0063 canary-7f3a \" canary-7f3a"
literal = 'canary-7f3a'
dollar = "$canary-7f3a"
multi = """
canary-7f3a
  canary-7f3a "quoted" canary-7f3a
canary-7f3a"""
raw = '''canary-7f3a
canary-7f3a'''
list = ["canary-7f3a", [ 'canary-7f3a' ], # canary-7f3a
  "canary-7f3a",
]
table = { a = "canary-7f3a", b.c = 'canary-7f3a', d = ["canary-7f3a"] }
"quoted key" = "canary-7f3a" # canary-7f3a : canary-7f3a

[cloud]
api_key = "canary-7f3a"
api = "https://canary-7f3a.example.com"
keys = "canary-7f3a"

[[agents]]
token = "canary-7f3a"
[agents.env]
A = "canary-7f3a"
# prefect-secrets: ignore[plaintext-secret] canary-7f3a
password = "canary-7f3a" # prefect-secrets: ignore[plaintext-secret, reserved-key] canary-7f3a
`

// deepHeader nests deeper than tomlpos reads.
var deepHeader = "[a" + strings.Repeat(".a", 110) + "]\n"

// readers are versions that read TOML differently.
var readers = []release.Version{release.Any, release.Number{1, 4, 1}.Version()}

// checkNoLeak fails if the diagnostics about a config show a secret.
func checkNoLeak(t *testing.T, text, secret string) {
	t.Helper()
	for _, version := range readers {
		checkNotShown(t, File("a.toml", []byte(text), Options{Version: version}), text, secret)
	}
}

// checkNotShown fails if diagnostics about a text show a secret, in any field or frame.
func checkNotShown(t *testing.T, found []Diagnostic, text, secret string) {
	t.Helper()
	fields, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	if out := string(fields) + render(found); strings.Contains(out, secret) {
		t.Fatalf("%s is shown:\n%s\nof the text\n%s", secret, out, text)
	}
}

func TestCanaries(t *testing.T) {
	if found := File("a.toml", []byte(canaries), Options{}); len(found) < 10 {
		t.Fatalf("only %d findings in the canaries", len(found))
	}
	checkNoLeak(t, canaries, canary)
}

// TestCanariesInBrokenFiles breaks the file at every byte, in several ways.
func TestCanariesInBrokenFiles(t *testing.T) {
	inserts := []string{
		"\"", "'", "\"\"\"", "\n", "\"\n", "=", "[", "]", "{", "}", "#", ",", "\\",
		"\x00", "\xff", "\r", "a", "$", "\"\"\"\n", "\n[a\n", "é", "'''", "=\n", " == ", "\ufeff",
	}
	for at := range len(canaries) {
		checkNoLeak(t, canaries[:at], canary)
		checkNoLeak(t, canaries[:at]+canaries[at+1:], canary)
		for _, insert := range inserts {
			checkNoLeak(t, canaries[:at]+insert+canaries[at:], canary)
		}
	}
}

// TestCanariesInOddPlaces has the mistakes that people make around values.
func TestCanariesInOddPlaces(t *testing.T) {
	for _, text := range []string{
		"a = canary-7f3a",
		"a = canary-7f3a = 1",
		"a == canary-7f3a",
		"a: canary-7f3a",
		"a canary-7f3a",
		"a = \"x\" canary-7f3a",
		"a = \"x\"canary-7f3a\"",
		"canary-7f3a",
		"[a]canary-7f3a",
		"a = {b: canary-7f3a}",
		"a = [canary-7f3a",
		"a =\n canary-7f3a",
		"a = 'x'\n  canary-7f3a\n",
		"a = [\n  canary-7f3a\n]",
		"a = [\n  'x'\n  canary-7f3a = 1\n]",
		"a = 1\ncanary-7f3a, b = 2",
		"a = 1\n\"canary-7f3a\" \"b\" = 2",
		"a = \"\"\"\nx\n\"\"\"\ncanary-7f3a\n\"\"\"",
		"# canary-7f3a\na = ",
		"# canary-7f3a = 1\na = ",
		"a = 1 # canary-7f3a = 1\nb =",
		"a = \"canary-7f3a\\q\"",
		"a = \"canary-7f3a\nb = 1",
		"a = 1\na = \"canary-7f3a\"",
		"[a]\n[a] # canary-7f3a",
		"[a] # canary-7f3a\x17 = 1",
		"[a] canary-7f3a = 1",
		" ['canary-7f3a'] ]",
		"['canary-7f3a']\na",
		"a = \"\xff canary-7f3a\"",
		"{\"a\": \"canary-7f3a\"}",
		"<xml canary-7f3a=\"1\">",
	} {
		if found := File("a.toml", []byte(text), Options{}); len(found) != 1 || found[0].Rule != syntaxName {
			t.Errorf("%q: got %v", text, found)
		}
		checkNoLeak(t, text, canary)
	}
}

// TestTokensAreMasked has credentials in what messages quote.
func TestTokensAreMasked(t *testing.T) {
	token := "ghp_" + strings.Repeat("Ab1", 12)
	for _, text := range []string{
		token + " = 'x'\n",
		"[context.secrets]\n" + token + " = 'x'\nb = ['x']\n",
		"[context.secrets." + token + "]\nb = ['x']\n",
		"[context.secrets]\n'x " + token + "' = { y = 1 }\n",
		"password = 'x' # " + token + "\nkeys = 1\n",
		token + " = 1\n" + token + " = 2\n",
		"[" + token + "]\nkeys = 1\n",
		token + " =\n",
		token + " x = 1\n",
	} {
		checkNoLeak(t, text, token)
	}
}

// FuzzCanary breaks the file by replacing some bytes with others.
func FuzzCanary(f *testing.F) {
	f.Add(0, 0, "")
	f.Add(70, 3, "\"\"\"\n")
	f.Add(0, 0, deepHeader)
	f.Fuzz(func(t *testing.T, at, drop int, insert string) {
		if at < 0 || at > len(canaries) || drop < 0 || drop > len(canaries)-at || strings.ContainsAny(insert, "=") {
			return
		}
		checkNoLeak(t, canaries[:at]+insert+canaries[at+drop:], canary)
	})
}

// FuzzFile looks for panics and for positions outside the text.
func FuzzFile(f *testing.F) {
	for _, path := range append(globFiles(f, "testdata/err/*.toml"), globFiles(f, "testdata/ok/*.toml")...) {
		f.Add(readFile(f, path))
	}
	f.Add([]byte("a = 1\n" + deepHeader))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := strings.Count(string(text), "\n") + 1
		for _, version := range readers {
			for _, d := range File("a.toml", text, Options{Version: version}) {
				if d.Line < 1 || d.Line > lines || d.Column < 1 || d.EndLine < d.Line || d.Frame == "" {
					t.Fatalf("at %d:%d to %d of %d lines, frame %q", d.Line, d.Column, d.EndLine, lines, d.Frame)
				}
			}
		}
	})
}
