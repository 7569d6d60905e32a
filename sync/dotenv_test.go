package sync_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// mustParseFile parses a file and returns its entries as NAME=value.
func mustParseFile(t *testing.T, name, text string) []string {
	t.Helper()
	source, err := secretsync.ParseSecretsFile(name, name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return pairs(source)
}

func pairs(s *secretsync.Source) []string {
	var got []string
	for _, e := range s.Entries {
		got = append(got, e.Name+"="+e.Text.RevealText())
	}
	return got
}

func TestDotenvValues(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "A=x y", "A=x y"},
		{"blanks around", "  A =\t x \t", "A=x"},
		{"export", "export A=x", "A=x"},
		{"empty", "A=", "A="},
		{"empty and a comment", "A= # why", "A="},
		{"empty in quotes", `A=""`, "A="},
		{"comment", "A=x # y", "A=x"},
		{"dollars stay", "A=pa$$word$HOME${USER}", "A=pa$$word$HOME${USER}"},
		{"dollars in quotes stay", `A="$HOME \\$X"`, `A=$HOME \$X`},
		{"backslashes without quotes", `A=\\host\new`, `A=\\host\new`},
		{"equal signs", "A=b=c==", "A=b=c=="},
		{"single quotes", `A='"\n" # $x'`, `A="\n" # $x`},
		{"double quotes", `A="a\n\"b\"\t\u00e4\ud83d\udd11"`, "A=a\n\"b\"\tä🔑"},
		{"blanks in quotes", "A=' x '", "A= x "},
		{"comment after quotes", "A='x' # y", "A=x"},
		{"several lines, single quotes", "A='x\n # y\n\n'", "A=x\n # y\n\n"},
		{"several lines, double quotes", "A=\"x \n\\ty\"", "A=x \n\ty"},
		{"Windows line ends", "A='x\r\ny'\r\n", "A=x\ny"},
		{"byte order mark", "\ufeffA=x", "A=x"},
		{"non-ASCII", "A=Grüße – 日本語 🔑", "A=Grüße – 日本語 🔑"},
		{"other separators in a name", "a.b/c_1=x", "a.b/c_1=x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff([]string{tt.want}, mustParseFile(t, ".env", tt.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDotenvErrors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no pair", "A=x\n" + canary, "f:2:1: not NAME=value"},
		{"no name", "=" + canary, "f:1:1: not a name"},
		{"digit first", "1A=" + canary, "f:1:1: not a name"},
		{"blank in a name", "my secret=" + canary, "f:1:1: not a name"},
		{"YAML", "A: " + canary + "=", "f:1:1: not a name"},
		{"long name", strings.Repeat("n", 256) + "=" + canary, "has 256 bytes"},
		{"twice", "A=" + canary + "\n#\nexport A=" + canary, `f:3:1: the name "A" stands a second time, after line 1`},
		{"twice, after several lines", "A='x\ny'\nB=\nA=", `f:4:1: the name "A" stands a second time, after line 1`},
		{"quotes inside", "A={\"" + canary + "\": 1}", `f:1:1: "A": a quotation mark, a # or`},
		{"quotes at the end", "A=" + canary + `""`, "a quotation mark, a # or"},
		{"quotes before a comment", "A=" + canary + ` "" # x`, "a quotation mark, a # or"},
		{"apostrophe", "A=it's " + canary, "a quotation mark, a # or"},
		{"# in a word", "A=" + canary + "#1", "a quotation mark, a # or"},
		{"# at once", "A=#" + canary, "a quotation mark, a # or"},
		{"NUL", "A=" + canary + "\x00", "a quotation mark, a # or a control character"},
		{"NUL in a name", "A\x00=" + canary, "f:1:1: not a name"},
		{"lone carriage return", "A=" + canary + "\rB=x", "a control character"},
		{"unknown escape", `A="C:\` + canary + `"`, `f:1:1: "A": not valid in double quotes`},
		{"half a pair", `A="\ud83d` + canary + `"`, "not valid in double quotes"},
		{"two halves in the wrong order", `A="\udd11\ud83d` + canary + `"`, "not valid in double quotes"},
		{"backslash at the end of a line", "A=\"" + canary + "\\\n\"", "not valid in double quotes"},
		{"tab in single quotes", "A='" + canary + "\t'", "a control character in single quotes"},
		{"never closed", "B=x\nA='" + canary + "\n", `f:2:1: "A": a quotation mark that is never closed`},
		{"closed by the next value", "A=\"" + canary + "\nB=\"x\"", "text after the closing quotation mark"},
		{"shell's way to quote a quote", `A='it'\''s ` + canary + `'`, "text after the closing quotation mark"},
		{"comment without a blank", "A='" + canary + "'#x", "text after the closing quotation mark"},
		{"not UTF-8", "A=x\nB=" + canary + "\xff", "f:2:13: invalid UTF-8"},
		{"UTF-16", "\xff\xfeA\x00", "f:1:1: invalid UTF-8"},
		{"very long line", "A=" + strings.Repeat(canary, 7000), `f:1:1: "A": its line has 64 KiB or more`},
		{"very long line in quotes", "A='" + strings.Repeat(canary, 7000) + "'", `f:1:1: "A": its line has 64 KiB or more`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := secretsync.ParseSecretsFile("f", "f", []byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), canary) {
				t.Error("the error holds a value")
			}
		})
	}
}

func TestParseSecretsFileRecognisesJSON(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"s.json", `{"A": "x"}`}, {"s.JSON", `{"A": "x"}`}, {"s.env", "\ufeff\n {\"A\": \"x\"}"},
		{"s", "A=x"}, {"json", "\ufeffA=x"},
	} {
		if diff := cmp.Diff([]string{"A=x"}, mustParseFile(t, tt.name, tt.text)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
	for _, tt := range []struct{ name, text, want string }{
		{"s.json", "A=" + canary, "s.json:1:1: not valid JSON"},
		{"s", `["` + canary + `"]`, "s:1:1: not a JSON object"},
		{"s.json", "", "empty"},
	} {
		_, err := secretsync.ParseSecretsFile(tt.name, tt.name, []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

// A file with only comments is a source without secrets, for which a plan fails.
func TestDotenvWithoutSecrets(t *testing.T) {
	source, err := secretsync.ParseSecretsFile("f", "f", []byte("# nothing\n\n"))
	if err != nil || source.HasSecrets() {
		t.Fatalf("got %v, %v", source, err)
	}
}

// The same secrets as JSON and as dotenv are the same entries.
func TestDotenvFixture(t *testing.T) {
	read := func(name string) []string {
		data, err := os.ReadFile("../fixtures/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return mustParseFile(t, name, string(data))
	}
	if diff := cmp.Diff(read("ci-secrets.json"), read("ci-secrets.env")); diff != "" {
		t.Error(diff)
	}
}

// FuzzDotenv writes a value in every form that a file can have, and reads it back.
func FuzzDotenv(f *testing.F) {
	for _, text := range []string{"x", "pa$$#\"'\\", " x ", "a\nb\n", "{\"a\": 1}", "ä🔑", "\x00\t", "#", "\ufeff", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text = strings.ToValidUTF8(text, ""); len(text) > 10_000 {
			return
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{
			"double quotes":  string(quoted),
			"with line ends": strings.ReplaceAll(string(quoted), `\n`, "\n"),
		}
		if !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == '\'' }) {
			files["single quotes"] = "'" + text + "'"
		}
		for form, value := range files {
			if form == "with line ends" && strings.Contains(text, `\n`) {
				continue // in JSON \\n is not a line end
			}
			if diff := cmp.Diff([]string{"A=" + text, "B=y"}, mustParseFile(t, "f", "A="+value+" # x\nB=y\n")); diff != "" {
				t.Fatalf("%s: %s", form, diff)
			}
		}
		source, err := secretsync.ParseSecretsFile("f", "f", []byte("A="+text))
		if err == nil && len(source.Entries) == 1 && source.Entries[0].Text.RevealText() != "" &&
			!strings.Contains(text, source.Entries[0].Text.RevealText()) && !strings.ContainsAny(text, "\"\r") {
			t.Fatal("a value without double quotes is not what the file holds")
		}
	})
}
