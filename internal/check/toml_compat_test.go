package check

import (
	"strings"
	"testing"
)

// TestCompat has what toml 0.10.2 does with each text, as measured: it rejects it,
// misreads it, or reads it as TOML 1.0.
func TestCompat(t *testing.T) {
	for text, want := range map[string]string{
		"v = [1, \"a\"]":                         rejects,
		"v = [1, 2.0]":                           rejects,
		"v = [true, 1]":                          rejects,
		"v = [[1], 2]":                           rejects,
		"v = [1, {a = 1}]":                       rejects,
		"v = [1979-05-27, 07:32:00]":             rejects,
		"v = [\"a\", 1979-05-27]":                rejects,
		"v = [[1], [\"a\"]]":                     "",
		"v = [1979-05-27T07:32:00Z, 1979-05-27]": "",
		"v = ['a', \"b\", '''c''']":              "",
		"v = [[], [1]]":                          "",
		"v = []":                                 "",
		"v = \"\"\"a\"\"\"\"":                    rejects,
		"v = '''a''''":                           rejects,
		"v = \"\"\"a\\\"\"\"\"":                  "",
		"v = \"\"\"\"\"\"":                       "",
		"v = ''''''":                             "",
		"v = '''''a'''":                          "",
		"v = {a = inf}":                          rejects,
		"v = {a = nan}":                          rejects,
		"v = {a = +2}":                           rejects,
		"v = {a = +1.5}":                         rejects,
		"v = {a = -2}":                           "",
		"v = {a = 1.5}":                          "",
		"v = {a = 0x1F}":                         "",
		"v = inf":                                "",
		"v = +1":                                 "",
		"v = {a = 'inf'}":                        "",
		"a. b = 1":                               misread,
		"a .b = 1":                               misread,
		"[a . b]\nx = 1":                         "",
		"a.b = 1":                                "",
		"\"a b\".c = 1":                          "",
		"[\"\"]\nx = 1":                          rejects,
		"\"\" = 1":                               "",
		"v = 07:32:00.5":                         misread,
		"v = 07:32:00.123456":                    "",
		"v = 07:32:00":                           "",
		"v = 1979-05-27T07:32:00z":               misread,
		"v = 1979-05-27T07:32:00Z":               "",
		"\"\\u00e9\" = 1":                        misread,
		"\"a\\nb\" = 1":                          "",
		"'a\\nb' = 1":                            misread,
		"v = \"\\\"\"":                           misread,
		"v = \"a\\\"b\"":                         "",
		"v = \"\"\"\r\na\"\"\"":                  "",
		"v = '''a\r\nb'''":                       "",
		"\ufeffv = 1":                            misread,
	} {
		found := File("f", []byte(text+"\n"), Options{Rules: []string{"toml-compat"}})
		switch {
		case want == "" && len(found) > 0:
			t.Errorf("%q: %v", text, found)
		case want != "" && (len(found) != 1 || !strings.Contains(found[0].Message, want)):
			t.Errorf("%q: %v, want %s", text, found, want)
		}
	}
}
