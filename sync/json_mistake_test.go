package sync_test

import (
	"strings"
	"testing"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// The error of a value that is not JSON says where and why, and quotes none of it.
func TestAValueThatIsNotJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,}`:                     "at 1:7, JSON allows no comma before }",
		"{\n 'a': \"" + canary + "\"}": "at 2:2, not JSON's quotation mark",
		"[1, // " + canary + "\n2]":    "at 1:5, JSON has no comments",
		"NaN":                          "at 1:1, a word that JSON does not have",
		`{"` + canary:                  "the JSON ends too early",
		"1 " + canary:                  "at 1:3, there is text after the end of the JSON",
		"\"" + canary + "\xff":         "it is not UTF-8",
	} {
		_, err := secretsync.FormatJSON.Value(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestJSONMistakes(t *testing.T) {
	const v = `"` + canary + `"`
	for text, want := range map[string]string{
		"{\n \"A\": " + v + ",\n}":                    "2:19: JSON allows no comma before }",
		"{\"A\": [1, 2 , \n]}":                        "1:13: JSON allows no comma before ]",
		"{\"A\": " + v + ",, \"B\": 1}":               "1:20: a comma with nothing before it",
		"{, \"A\": " + v + "}":                        "1:2: a comma with nothing before it",
		"{\"A\": [,1]}":                               "1:8: a comma with nothing before it",
		"{\"A\": , \"B\": " + v + "}":                 "1:7: a value is missing before this",
		"{\"A\": }":                                   "1:7: a value is missing before this",
		"{\n // " + canary + "\n \"A\": 1}":           "2:2: JSON has no comments: remove this one",
		"{\"A\": 1, /* " + canary + " */ \"B\": 1}":   "1:10: JSON has no comments",
		"{\"A\": " + v + " // " + canary + "\n}":      "1:20: JSON has no comments",
		"{\"A\" # " + canary + "\n: 1}":               "1:6: JSON has no comments",
		"{\"A\": # " + canary + "\n 1}":               "1:7: JSON has no comments",
		"// " + canary + "\n{}":                       "1:1: JSON has no comments",
		"{'A': '" + canary + "'}":                     `1:2: not JSON's quotation mark: write "x" for 'x'`,
		"{\"A\": '" + canary + "'}":                   "1:7: not JSON's quotation mark",
		"{\"A\": `" + canary + "`}":                   "1:7: not JSON's quotation mark",
		"{“A”: 1}":                                    "1:2: not JSON's quotation mark",
		"{A: " + v + "}":                              "1:2: a name must be in double quotes",
		"{\"A\": " + v + ", B: 1}":                    "1:21: a name must be in double quotes",
		"{\"A\" = " + v + "}":                         "1:6: expected a : between the name and its value",
		"{\"A\", " + v + "}":                          "1:5: expected a : between",
		"{\"A\": " + v + " \"B\": 1}":                 "1:20: expected a comma before this",
		"{\"A\": " + v + "\n \"B\": 1}":               "2:2: expected a comma before this",
		"{\"A\": [1 2]}":                              "1:10: expected a comma before this",
		"{\"A\": \"say \"" + canary + "\"\"}":         `1:13: expected a comma: a " inside a string needs a backslash`,
		"{\"A\": [1}":                                 "1:9: mismatched brackets",
		"{\"A\": \"" + canary + "\n\"}":               `1:18: a line end in a string: write \n for it, or close the string with "`,
		"{\"A\": \"" + canary + "\",\n \"B\": \"x\n}": "2:9: a line end in a string",
		"{\"A\": \"" + canary + "\t\"}":               "1:18: a control character in a string",
		`{"A": "C:\temp\x` + canary + `"}`:            "1:16: a backslash in a string that begins no escape of JSON",
		`{"A": "\u00zz` + canary + `"}`:               "1:12: a backslash in a string that begins no escape",
		"{\"A\": True, \"B\": " + v + "}":             "1:7: Python's True: write true",
		"{\"A\": [None]}":                             "1:8: Python's None",
		"{\"A\": NaN}":                                "1:7: JSON has no NaN",
		"{\"A\": -Infinity}":                          "1:8: not a number of JSON",
		"{\"A\": undefined}":                          "1:7: JSON has no undefined",
		"{\"A\": nul}":                                "1:10: a string must be in double quotes",
		"{\"A\": " + canary + "}":                     "1:7: a string must be in double quotes",
		"{\"A\": ${{ secrets.A }}}":                   "1:7: an expression that was not evaluated",
		"{\"A\": 007}":                                "1:8: a number with a 0 before it",
		"{\"A\": 0x1F}":                               "1:8: not a number of JSON",
		"{\"A\": +1}":                                 "1:7: not a number of JSON",
		"{\"A\": 1.}":                                 "1:9: not a number of JSON",
		"{\"A\": " + v:                                "1:19: the JSON ends too early: it was cut off, or a bracket",
		"{\"A\": 1\u00a0}":                            "1:8: a special space, such as a no-break space, outside a string",
		"{\u2003\"A\": 1}":                            "1:2: a special space",
		"{\"A\":\ufeff1}":                             "1:6: a special space",
		strings.Repeat(`{"A":`, 20_000) + v:           "1:50001: nested too deeply",
		"{} " + v:                                     "1:3: text after the end of the JSON object",
	} {
		for label, parse := range map[string]func() (*secretsync.Source, error){
			"input secrets": func() (*secretsync.Source, error) { return secretsync.ParseSecrets("input secrets", []byte(text)) },
			"s.json": func() (*secretsync.Source, error) {
				return secretsync.ParseSecretsFile("s.json", "s.json", []byte(text))
			},
		} {
			_, err := parse()
			if err == nil {
				t.Errorf("%q is read", text)
				continue
			}
			lines := strings.Split(err.Error(), "\n")
			if last := lines[len(lines)-1]; !strings.HasPrefix(last, label+":"+want) || strings.Contains(err.Error(), canary) {
				t.Errorf("%q: got %v, want %s", text, err, want)
			}
		}
	}
}

func TestOtherThingsThanJSON(t *testing.T) {
	const pass = "pass what ${{ toJSON(secrets) }} gives"
	for text, want := range map[string]string{
		"Object":                               "1:1: a context that was not converted to JSON: " + pass,
		" Object\n":                            "1:2: a context that was not converted",
		"[object Object]":                      "1:1: a JavaScript object",
		"${{ toJSON(secrets) }}":               "1:1: an expression that was not evaluated",
		"toJSON(secrets)":                      "1:1: an expression that was not evaluated",
		"A=" + canary + "\nB=x":                "1:1: NAME=value lines, as in a dotenv file: " + pass + "; a file of secrets, JSON or dotenv, is for secrets-file",
		"\n# note\nexport A = " + canary:       "3:1: NAME=value lines",
		"A: " + canary + "\nB: x":              "1:1: YAML: " + pass,
		"---\nA: " + canary:                    "1:1: YAML",
		"[context.secrets]\nA='" + canary:      "1:1: TOML: " + pass,
		`"{\"A\": \"` + canary + `\"}"`:        "1:1: JSON in quotation marks",
		"'{\"A\": \"" + canary + "\"}'":        "1:1: JSON in quotation marks",
		"./ci/secrets.json":                    "1:1: a path: " + pass,
		canary:                                 "1:1: not a JSON object: " + pass,
		"\"" + canary + "\"":                   "1:1: not a JSON object: " + pass,
		"null":                                 "1:1: not a JSON object: " + pass,
		"[\"" + canary + "\"]":                 "1:1: not a JSON object: " + pass,
		"***":                                  "1:1: not a JSON object: " + pass,
		"-----BEGIN KEY-----\n" + canary + "=": "1:1: not a JSON object: " + pass,
	} {
		_, err := secretsync.ParseSecrets("input secrets", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), "input secrets:"+want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	_, err := secretsync.ParseVars("input vars", []byte("Object"))
	if want := "input vars:1:1: a context that was not converted to JSON: pass what ${{ toJSON(vars) }} gives"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
