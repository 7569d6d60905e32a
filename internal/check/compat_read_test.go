package check

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
)

// TestCompatOfCorpus checks the rule against what Python's toml 0.10.2 does with
// every valid text of toml-test 2.2.0, compared with tomllib. The table in testdata
// was measured with both.
func TestCompatOfCorpus(t *testing.T) {
	files, _ := readCorpus(t)
	seen := map[string]int{}
	for row := range strings.Lines(string(readFile(t, "testdata/toml-0.10.2.txt"))) {
		verdict, name, _ := strings.Cut(strings.TrimSpace(row), " ")
		text, ok := files["valid/"+name+".toml"]
		if !ok {
			t.Errorf("toml-test has no %s", name)
			continue
		}
		seen[verdict]++
		found := File("f", text, Options{Rules: []string{"toml-compat"}})
		if (verdict == "same") != (len(found) == 0) {
			t.Errorf("%s: %v, and it is %s", name, found, verdict)
		}
	}
	if seen["same"] != 177 || seen["refused"] != 20 || seen["misread"] != 8 {
		t.Errorf("%v", seen)
	}
}

// TestCompatOfStrings has secrets of several lines.
func TestCompatOfStrings(t *testing.T) {
	for text, want := range map[string]string{
		"v = '''\na\n''' # note\nw = 1":                "followed by a space or a comment",
		"v = '''\na\n'''\nw = 1":                       "",
		"a.b = '''\nx\n'''\nw = 1":                     "under a dotted key",
		"v = {a = '''x\ny'''}":                         "in an inline table",
		"v = '''\n{\"k\": \"v\",\n\"x\": \"\"\n}\n'''": "takes for something else",
		"v = '''\n{\"k\": \"v\"}\n'''":                 "",
		"v = '''\n'quoted'\n'''":                       "stops at",
		"v = \"\"\"\na   \nb\"\"\"":                    "takes for something else",
		"v = [{a = 1}, {b = 2}]":                       "",
	} {
		found := File("f", []byte(text+"\n"), Options{Rules: []string{"toml-compat"}})
		switch {
		case want == "" && len(found) > 0:
			t.Errorf("%q: %v", text, found)
		case want != "" && (len(found) == 0 || !strings.Contains(found[0].Message, want)):
			t.Errorf("%q: %v, want %q", text, found, want)
		}
	}
}

// FuzzSimple checks that both decoders read a simple text alike.
func FuzzSimple(f *testing.F) {
	for _, seed := range []string{
		"a = 1\n[t]\nb.c = \"x=#[\"\n",
		"a = '{}' # c\n",
		"a = [\"x\", 'y']\nb = { c = 1, d.e = true }\nf = 1979-05-27T07:32:00Z\ng = [1, 2]\nh = []\ni = {}",
		"[a.b]\n[a]\nc = -1.5\nd = true",
		"a = \"\"\n\n#\n[x-y]\n1 = 0.5",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := newSource("f", text)
		if !s.parses() || !s.isSimple() {
			return
		}
		python, refused := pytoml.Read(text)
		if refused != nil {
			t.Fatalf("%q is simple, and rejected: %v", text, refused)
		}
		var standard map[string]any
		if _, err := toml.Decode(text, &standard); err != nil {
			t.Fatal(err)
		}
		if !sameValue(standard, python) {
			t.Errorf("%q is simple, and misread", text)
		}
	})
}
