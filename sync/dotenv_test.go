package sync_test

import (
	"fmt"
	"os"
	"slices"
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
		{"spaces around", "  A =\t x \t", "A=x"},
		{"export and any spaces", " \texport \t A=x", "A=x"},
		{"a name that begins with export", "exported=x", "exported=x"},
		{"a name that is export", "export=x", "export=x"},
		{"only spaces", "A= \t ", "A="},
		{"equal signs", "A=b=c==", "A=b=c=="},
		{"# after a tab and a space", "A=x\t # y", "A=x"},
		{"comment with quotation marks", "A=x # it's \"so\"", "A=x"},
		{"quotation marks inside", "A=x 'y' \"z", "A=x 'y' \"z"},
		{"a backquote inside", "A=x`y`", "A=x`y`"},
		{"a tab inside", "A=x\ty", "A=x\ty"},
		{"JSON", `A={"a": "it's\n", "b": []}`, `A={"a": "it's\n", "b": []}`},
		{"JSON that ends in its line", "A={\n# }", "A={"},
		{"single quotes", `A='"\n" # $x'`, `A="\n" # $x`},
		{"spaces in quotes", "A=' x '", "A= x "},
		{"control characters in quotes", "A='\t\v\f\x1b'", "A=\t\v\f\x1b"},
		{"line ends in double quotes", `A="\n\r\n"`, "A=\n\r\n"},
		{"several lines, single quotes", "A='x\n # y\n\n'", "A=x\n # y\n\n"},
		{"several lines, double quotes", "A=\"x \ny='\n\" # z", "A=x \ny='\n"},
		{"Windows line ends", "# c\r\nA=x\r\n", "A=x"},
		{"Windows line ends after quotes", "A='x' \r\n\r\n", "A=x"},
		{"byte order mark", "\ufeffA=x", "A=x"},
		{"non-ASCII", "A=Grüße – 日本語 🔑", "A=Grüße – 日本語 🔑"},
		{"a dot in a name", "a.b_1=x", "a.b_1=x"},
		{"a $ that nothing replaces", "A=$ $. a$", "A=$ $. a$"},
		{"a long line", "A=" + strings.Repeat("x", 100_000), "A=" + strings.Repeat("x", 100_000)},
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
	tests := []struct {
		name, text string
		want       []string // the beginning of each line
	}{
		{"text", "A=x\n" + canary + " x", []string{"f:2:1: expected NAME=value"}},
		{"name alone", "A=x\nexport " + canary, []string{"f:2:1: a name without a value: write NAME=value, or NAME= for an empty one"}},
		{"YAML", "A: " + canary, []string{"f:1:1: NAME: value, as in YAML: write NAME=value"}},
		{"YAML and =", "A: " + canary + "=", []string{"f:1:1: NAME: value, as in YAML"}},
		{"no name", "=" + canary, []string{"f:1:1: invalid name before the ="}},
		{"export and no name", "export =" + canary, []string{"f:1:1: invalid name"}},
		{"digit first", "1A=" + canary, []string{"f:1:1: invalid name"}},
		{"space in a name", "my secret=" + canary, []string{"f:1:1: invalid name"}},
		{"dash in a name", "my-secret=" + canary, []string{"f:1:1: invalid name"}},
		{"slash in a name", "my/secret=" + canary, []string{"f:1:1: invalid name"}},
		{"letter of another script", "päß=" + canary, []string{"f:1:1: invalid name"}},
		{"quotes around a name", "'A'=" + canary, []string{"f:1:1: invalid name"}},
		{"NUL in a name", "A\x00=" + canary, []string{"f:1:1: invalid name"}},
		{"name of JavaScript", "__proto__=" + canary, []string{"f:1:1: the name __proto__"}},
		{"long name", strings.Repeat("n", 256) + "=" + canary, []string{`f:1:1: the name that begins with "nnnnnnnnnnnnnnnnnnnn" has 256 bytes`}},
		{"twice", "A=" + canary + "\n#\nexport A=" + canary, []string{`f:3:1: duplicate name "A" (first on line 1)`}},
		{"twice, after several lines", "A='x\ny'\nB=\nA=", []string{`f:4:1: duplicate name "A" (first on line 1)`}},
		{"# in a word", "A=" + canary + "#1", []string{`f:1:13: "A": a # in a value without quotes`}},
		{"# after a tab", "A=" + canary + "\t# why", []string{`f:1:14: "A": a # in a value without quotes`}},
		{"# at once", "A=#" + canary, []string{`f:1:3: "A": a # where the value is expected`}},
		{"comment for a value", "A= # " + canary, []string{`f:1:4: "A": a # where the value is expected`}},
		{"two comments", "A=x # " + canary + " # y", []string{`f:1:18: "A": a second # after a space`}},
		{"NUL", "A=" + canary + "\x00", []string{`f:1:13: "A": a NUL character`}},
		{"carriage return in a comment", "A=x #\rB=" + canary, []string{`f:1:6: "A": a carriage return`}},
		{"Windows line end after a backslash", "A='" + canary + "\\\r\n'", []string{`f:1:15: "A": a carriage return`}},
		{"NUL after a backslash", "A='" + canary + "\\\x00'", []string{`f:1:15: "A": a NUL`}},
		{"lone carriage return", "A=" + canary + "\rB=x", []string{`f:1:13: "A": a carriage return`}},
		{"Windows line ends in quotes", "A='" + canary + "\r\n\r\n'\r\n", []string{`f:1:14: "A": a carriage return, which some libraries remove or take for the end of a line: save the file with LF line ends`}},
		{"backquotes", "A=`" + canary + "`", []string{`f:1:3: "A": a value that begins with a backquote`}},
		{"no-break space before", "A=\u00a0" + canary, []string{`f:1:3: "A": a special space at an end`}},
		{"no-break space after", "A=" + canary + "\u00a0 # x", []string{`f:1:13: "A": a special space at an end`}},
		{"line separator", "A=" + canary + "\u2028B=x", []string{`f:1:13: "A": U+2028 or U+2029`}},
		{"line separator in a comment", "# x\u2028A=" + canary, []string{`f:1:4: U+2028 or U+2029`}},
		{"line separator after quotes", "A='" + canary + "' # \u2029B=x", []string{`f:1:18: "A": U+2028 or U+2029`}},
		{"backslash in double quotes", `A="C:\` + canary + `"`, []string{`f:1:6: "A": a backslash before anything but n and r`}},
		{"escapes of JSON", `A="\b\f\/\u0041` + canary + `"`, []string{`f:1:4: "A": a backslash before anything but n and r`}},
		{"two backslashes in double quotes", `A="\\` + canary + `"`, []string{`f:1:4: "A": a backslash before anything but n and r`}},
		{"backslash at the end of a line", "A=\"" + canary + "\\\n\"", []string{`f:1:14: "A": a backslash before anything but n and r`}},
		{"quotation mark in double quotes", `A="\"` + canary + `"`, []string{`f:1:4: "A": a quotation mark after a backslash`}},
		{"$ after a backslash in double quotes", `A="\$` + canary + `"`, []string{`f:1:4: "A": a backslash before a $`}},
		{"$ after a backslash", `A=pa\$` + canary, []string{`f:1:5: "A": a backslash before a $`}},
		{"quotation mark in single quotes", `A='it\'s ` + canary + `'`, []string{`f:1:6: "A": a quotation mark after a backslash`}},
		{"two backslashes in single quotes", `A='C:\\` + canary + `'`, []string{`f:1:6: "A": two backslashes in single quotes`}},
		{"backslash before the closing quotation mark", `A='` + canary + `\'` + "\nB=x", []string{`f:1:14: "A": a quotation mark after a backslash`}},
		{"a key without quotes", "A=-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("MIIEpAIBAAKCAQEA"+canary+"\n", 3) + "-----END PRIVATE KEY-----\nB", []string{
			`f:1:3: "A": a value of several lines without quotes: put all of it in single quotes`, "f:6:1: a name without a value"}},
		{"JSON of several lines without quotes", "A={\n \"a\": \"" + canary + "\"\n}\n", []string{`f:1:3: "A": a value of several lines without quotes`}},
		{"never closed", "B=x\nA='" + canary + "\n", []string{`f:2:3: "A": a quotation mark that is never closed`}},
		{"shell's way to quote a quote", `A='it'\''s ` + canary + `'`, []string{`f:1:7: "A": text after the closing quotation mark`}},
		{"text after quotes", `A="x" ` + canary, []string{`f:1:7: "A": text after the closing quotation mark`}},
		{"not UTF-8", "A=x\nB=" + canary + "\xff", []string{"f:2:13: invalid UTF-8"}},
		{"UTF-16", "\xff\xfeA\x00", []string{"f:1:1: invalid UTF-8"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkDotenvErrors(t, tt.text, tt.want...) })
	}
}

// checkDotenvErrors fails the test if the error of a file has other lines, of which
// want has the beginnings, or holds a value.
func checkDotenvErrors(t *testing.T, text string, want ...string) {
	t.Helper()
	_, err := secretsync.ParseSecretsFile("f", "f", []byte(text))
	if err == nil {
		t.Fatalf("it is read, want %q", want)
	}
	if strings.Contains(err.Error(), canary) {
		t.Error("the error holds a value")
	}
	got := strings.Split(err.Error(), "\n")
	for i, line := range got {
		if i < len(want) && strings.HasPrefix(line, want[i]) {
			got[i] = want[i]
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDotenvReportsEveryBadLine(t *testing.T) {
	checkDotenvErrors(t, strings.Join([]string{
		"A=#" + canary,
		"fine=x",
		canary,
		`B="\t` + canary + `"`,
		"B-C='" + canary,
		"SEVERAL=\"x",
		`\t` + canary,
		`fine`,
		`\u0041"`,
		"1=" + canary,
		"fine=y",
		"C=$fine #",
	}, "\n"),
		`f:1:3: "A": a # where the value is expected`,
		`f:3:1: a name without a value`,
		`f:4:4: "B": a backslash before anything but n and r`,
		`f:5:1: invalid name`,
		`f:7:1: "SEVERAL": a backslash before anything but n and r`,
		`f:9:1: "SEVERAL": a backslash before anything but n and r`,
		`f:10:1: invalid name`,
		`f:11:1: duplicate name "fine" (first on line 2)`,
		`f:12:3: "C": a reference to "fine" of line 2`,
	)
}

// What follows a quotation mark that is not closed may be the rest of its value, but
// a line with a name is a line of its own.
func TestDotenvQuotationMarksThatAreNotClosed(t *testing.T) {
	checkDotenvErrors(t, "A=\"abc\nDB_PASS="+canary+"#\nC=\"x y\"\nD",
		`f:1:3: "A": a quotation mark that is not closed in its line; the next one, in line 3, has text after it`,
		`f:2:19: "DB_PASS": a # in a value without quotes`,
		`f:3:3: "A": this quotation mark closes the value that began above, and text follows`,
		`f:4:1: a name without a value`,
	)
	checkDotenvErrors(t, "A=\"{\n \"key\": \""+canary+"\"\n}\"\n1B=x\nC=`",
		`f:1:3: "A": a quotation mark that is not closed in its line; the next one, in line 2, has text after it`,
		`f:2:2: "A": this quotation mark closes the value that began above`,
		`f:4:1: invalid name`,
		`f:5:3: "C": a value that begins with a backquote`,
	)
	checkDotenvErrors(t, "my-key='-----BEGIN\n"+canary+"\n1x=y\n-----END'\nB='",
		`f:1:1: invalid name`,
		`f:5:3: "B": a quotation mark that is never closed`,
	)
}

// A $ is kept, though some libraries replace it, and the plan says so. A reference to
// something in the file is an error.
func TestDotenvDollars(t *testing.T) {
	const kept, keptBraces = "its $ is kept, though some dotenv libraries replace it: single quotes make that explicit",
		"its ${ is kept, though python-dotenv replaces it even in single quotes"
	for value, note := range map[string]string{
		"pa$word": kept, "pa$$word": kept, "${USER}": kept, `"$HOME/x"`: kept, "$1": kept, "$(HOME)": kept, "$A": kept, "${A}x": kept,
		"'${USER}'": keptBraces, "'pa$$word'": "", "'$HOME'": "", "x$": "", "$(date)": "", "'${:x'": "", "'${x:-'": "", `'\$x'`: "",
	} {
		source, err := secretsync.ParseSecretsFile("f", "f", []byte("A="+value+"\nB=x"))
		if err != nil {
			t.Errorf("%s: %v", value, err)
			continue
		}
		plan, err := secretsync.NewPlan(secretsync.Run{Sources: []*secretsync.Source{source}})
		if err != nil {
			t.Fatal(err)
		}
		if a := plan.Actions[0]; a.Reason != note || plan.Actions[1].Reason != "" {
			t.Errorf("%s: %s %q, then %q", value, a.Name, a.Reason, plan.Actions[1].Reason)
		}
	}
	const single, json = "put this one in single quotes, which keep it", "use JSON, which keeps it"
	for value, want := range map[string]string{
		"x$B": single, "x$DB_USER": single, `"x$B."`: single, "$Bx": single, "$$B": single, "$(B)": single, "${B}": json, `"x${B}"`: json, "'x${B}'": json,
	} {
		_, err := secretsync.ParseSecretsFile("f", "f", []byte("A="+value+" #"+canary+"\nB="+canary+"\nDB_USER=x"))
		if err == nil || !strings.Contains(err.Error(), `"A": a reference to "`) || !strings.HasSuffix(err.Error(), "write that value, or "+want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", value, err)
		}
	}
	for _, value := range []string{"${B:-x}", "${", `"${1}"`, "'${x y}'", "${B-x}", "${}"} {
		checkDotenvErrors(t, "A="+value+" # "+canary, fmt.Sprintf(`f:1:%d: "A": a ${ that does not begin a plain ${NAME}`, 3+strings.Index(value, "$")))
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
		{"s.json", "# x\nA=" + canary, "s.json:2:1: NAME=value lines, as in a dotenv file: a .json file must hold one JSON object"},
		{"s", "// x\n{}" + canary, "s:1:1: JSON has no comments: remove this one"},
		{"s.TOML", "A = '" + canary + "'", "s.TOML:1:1: TOML: a file of secrets is JSON or dotenv; the [context.secrets] of a Prefect config are read by prefect-secrets sync --secrets-config"},
		{"s", "# x\n\n[context.secrets] # y\nA = '" + canary + "'", "s:3:1: TOML: "},
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

func TestProseIsNotDotenv(t *testing.T) {
	for text, want := range map[string]string{
		"once upon a time\nthere was\n# a\nfile\nof words\n": "f: not a dotenv file: no line is NAME=value",
		"one\ntwo words\nthree\n":                            "f:1:1: ",
		"A=1\ntwo\nthree\nfour words\nfive\nsix":             "f:2:1: ",
	} {
		_, err := secretsync.ParseSecretsFile("f", "f", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The same secrets as JSON and as dotenv are the same entries, but for one that no
// form of dotenv holds.
func TestDotenvFixture(t *testing.T) {
	read := func(name string) []string {
		data, err := os.ReadFile("../fixtures/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return mustParseFile(t, name, string(data))
	}
	want := slices.DeleteFunc(read("ci-secrets.json"), func(entry string) bool { return strings.HasPrefix(entry, "DATABASE_PASSWORD=") })
	if diff := cmp.Diff(want, read("ci-secrets.env")); diff != "" {
		t.Error(diff)
	}
}

// A file with a problem in each line takes time that grows with its size alone.
func TestDotenvOfManyProblems(t *testing.T) {
	const lines = 5_000
	for _, line := range []string{"A=\"x", "A='x", "A='\"\nB=\"x", "A='x' y", "x", "A=${", "A='${", "A=$B ${B}\nB=\"", "A=\"\\", "1=\"\\\""} {
		_, err := secretsync.ParseSecretsFile("f", "f", []byte("Z=1\n"+strings.Repeat(line+"\n", lines)))
		if n := strings.Count(err.Error(), "\n"); n < lines/2 && !strings.Contains(err.Error(), "never closed") {
			t.Errorf("%q: %d problems", line, n)
		}
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
		for form, value := range dotenvForms(text) {
			if diff := cmp.Diff([]string{"A=" + text, "B=y"}, mustParseFile(t, "f", "A="+value+" # x\nB=y\n")); diff != "" {
				t.Fatalf("%s: %s", form, diff)
			}
		}
		if _, err := secretsync.ParseSecretsFile("f", "f", []byte(text+"\nK="+canary+text+"\n")); err != nil && strings.Contains(err.Error(), canary) {
			t.Fatalf("the error holds a value: %v", err)
		}
		source, err := secretsync.ParseSecretsFile("f", "f", []byte("A="+text))
		if err == nil && len(source.Entries) == 1 && !strings.HasPrefix(strings.TrimLeft(text, " \t"), `"`) &&
			!strings.Contains(text, source.Entries[0].Text.RevealText()) {
			t.Fatal("a value without double quotes is not what the file holds")
		}
	})
}

// dotenvForms returns the forms that a file can have for a value.
func dotenvForms(text string) map[string]string {
	forms := map[string]string{}
	if strings.ContainsAny(text, "$\x00\\") {
		return forms
	}
	if !strings.ContainsAny(text, "'\r") {
		forms["single quotes"] = "'" + text + "'"
	}
	if !strings.Contains(text, `"`) {
		forms["double quotes"] = `"` + strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(text) + `"`
	}
	if !strings.ContainsAny(text, "\"\r") {
		forms["several lines"] = `"` + text + `"`
	}
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune("abcxyz019{}[]:=,.;é🔑", r) }) {
		forms["no quotes"] = text
	}
	return forms
}
