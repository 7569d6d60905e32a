package tomlfile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

func mustOpen(t testing.TB, text string) *tomlfile.File {
	t.Helper()
	f, err := tomlfile.Open("f.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestOpenSaysWhereATextIsNotTOML(t *testing.T) {
	for text, want := range map[string]string{
		"a = 1\nb = CANARY":                 "f.toml:2:5: not valid TOML: not a TOML value",
		"a = [":                             "f.toml:1:5: not valid TOML: this array is never closed",
		"a = " + strings.Repeat("[", 4<<20): "f.toml:1:",
		"a = 1\na = 'CANARY'":               "f.toml:2:1: not valid TOML: this key is defined twice",
	} {
		_, err := tomlfile.Open("f.toml", text)
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%.40q: got %v, want %s", text, err, want)
		}
	}
}

// valueAt returns the value at the end of names of keys and indexes of lists.
func valueAt(f *tomlfile.File, steps ...any) tomlfile.Value {
	v := f.Root()
	for _, step := range steps {
		switch step := step.(type) {
		case string:
			v = v.Key(step)
		case int:
			list, _ := v.List()
			v = list[step]
		}
	}
	return v
}

func TestPositions(t *testing.T) {
	const text = "\na.list = [1, 2]\n\n[b.\"c d\"]\n[[e]]\n[[e]]\nf = {g = [{}]}\n"
	for _, tt := range []struct {
		steps            []any
		path, value, key string
	}{
		{nil, "", "1:1", "1:1"},
		{[]any{"x"}, "", "1:1", "1:1"},
		{[]any{"a"}, "a", "2:1", "2:1"},
		{[]any{"a", "c"}, "a", "2:1", "2:1"},
		{[]any{"a", "list"}, "a.list", "2:10", "2:3"},
		{[]any{"a", "list", 0}, "a.list[0]", "2:11", "2:3"},
		{[]any{"a", "list", 1}, "a.list[1]", "2:14", "2:3"},
		{[]any{"b", "c d"}, `b."c d"`, "4:4", "4:4"},
		{[]any{"e"}, "e", "5:3", "5:3"},
		{[]any{"e", 0}, "e[0]", "5:3", "5:3"},
		{[]any{"e", 1}, "e[1]", "6:3", "6:3"},
		{[]any{"e", 1, "f", "g"}, "e[1].f.g", "7:10", "7:6"},
		{[]any{"e", 1, "f", "g", 0}, "e[1].f.g[0]", "7:11", "7:6"},
	} {
		v := valueAt(mustOpen(t, text), tt.steps...)
		if v.Path() != tt.path || v.Position() != "f.toml:"+tt.value || v.Root().Position() != "f.toml:1:1" {
			t.Errorf("%q: got %s at %s, want %s", tt.path, v.Path(), v.Position(), tt.value)
		}
		for _, report := range []struct {
			by   func(v tomlfile.Value, message, hint string)
			want string
		}{{tomlfile.Value.Wrong, tt.value}, {tomlfile.Value.WrongKey, tt.key}} {
			f := mustOpen(t, text)
			report.by(valueAt(f, tt.steps...), "message", "hint")
			got, want := fmt.Sprint(f.Err()), "f.toml:"+report.want+": message: hint"
			if got != want || tomlfile.Problems(f.Err())[0].Key != tt.path {
				t.Errorf("%q: got %s, want %s", tt.path, got, want)
			}
		}
	}
}

// Each line has a problem, except for the last two.
func TestReading(t *testing.T) {
	const text = `
text = 1
blank = " "
list = "a"
lists = ["a", 2, "  ", "b"]
bool = "true"
moment = "2027-01-31T00:00:00Z"
local = 2027-01-31T00:00:00
table = 7
entries = []
each = {}
keys = {one = 1, thre = 2, token = "CANARY"}
good = [{}, {}]
when = 2027-01-31T00:00:00Z
`
	f := mustOpen(t, text)
	f.Unknown = func(key tomlfile.Value) string {
		return map[string]string{"token": "not here"}[key.Name()]
	}
	read := func(name string) tomlfile.Value { return f.Root().Key(name) }
	fail := func(v tomlfile.Value) { t.Errorf("%s was read", v.Path()) }

	read("keys").Table("a table", "", []tomlfile.Field{
		{Name: "two", Add: "two = 2"},
		{Name: "one", Read: func(tomlfile.Value) {}, Add: "one"},
		{Name: "three", Read: fail},
	})
	read("each").Each("write a list", fail)
	read("entries").Entries("write keys", fail)
	read("table").Table("a table", "write [table]", []tomlfile.Field{{Name: "one", Read: fail, Add: "one"}})
	read("local").DateTime()
	read("moment").DateTime()
	read("bool").Bool()
	var filled []string
	texts := read("lists").Texts(func(v tomlfile.Value, text string) { filled = append(filled, v.Path()+text) })
	if diff := cmp.Diff([]string{"a", "", "  ", "b"}, texts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"lists[0]a", "lists[3]b"}, filled); diff != "" {
		t.Error(diff)
	}
	if texts := read("list").Texts(nil); texts == nil || len(texts) > 0 {
		t.Errorf("got %q for a value that is not a list", texts)
	}
	read("blank").FilledText()
	read("text").Text()
	n := 0
	read("good").Each("", func(tomlfile.Value) { n++ })
	if when := read("when").DateTime(); n != 2 || when.Unix() != 1801353600 {
		t.Errorf("got %d elements and %v", n, when)
	}

	want := []string{
		"f.toml:2:8: expected a string: put it in double quotes",
		"f.toml:3:9: this string is empty: fill it in, or remove it",
		`f.toml:4:8: expected a list of strings: write it as a list, such as ["A", "B"]`,
		"f.toml:5:15: expected a string: put it in double quotes",
		"f.toml:5:18: this string is empty: fill it in, or remove it",
		"f.toml:6:8: expected true or false: write it without quotation marks",
		"f.toml:7:10: expected a date and time with its offset: write it without quotation marks, such as 2027-01-31T00:00:00Z",
		"f.toml:8:9: expected a date and time with its offset: write it without quotation marks, such as 2027-01-31T00:00:00Z",
		"f.toml:9:9: expected a table: write [table]",
		"f.toml:10:11: expected a table: write keys",
		"f.toml:11:8: expected a list: write a list",
		"f.toml:12:8: a table has no two: add two = 2",
		`f.toml:12:18: unknown key "thre": did you mean three? a table has two, one and three`,
		`f.toml:12:28: unknown key "token": not here`,
	}
	if diff := cmp.Diff(want, strings.Split(fmt.Sprint(f.Err()), "\n")); diff != "" {
		t.Error(diff)
	}
}

func TestProblemsOfAnError(t *testing.T) {
	f := mustOpen(t, "a = 1")
	if f.Err() != nil || tomlfile.Problems(nil) != nil || tomlfile.Problems(errors.New("x")) != nil {
		t.Error("problems where there are none")
	}
	f.Root().Key("a").Wrong("m", "h")
	want := []tomlfile.Problem{{Node: 1, Key: "a", Start: 4, End: 5, Line: 1, Column: 5, Message: "m", Hint: "h"}}
	if diff := cmp.Diff(want, tomlfile.Problems(fmt.Errorf("reading: %w", f.Err()))); diff != "" {
		t.Error(diff)
	}
}

// FuzzPaths checks that the scanner has a position for each value of the decoder.
func FuzzPaths(f *testing.F) {
	f.Add("\na.list = [1, [2, {}]]\n[b.\"c d\"]\n[[e]]\n[e.x]\n[[e]]\nf = {g = [{h.i = 1}]}\n")
	f.Add("\ufeff[a]\n[a.b.c]\n[a.b]\nx = [[], [[]]]")
	f.Fuzz(func(t *testing.T, text string) {
		if file, err := tomlfile.Open("f", text); err == nil {
			checkPaths(t, file.Root(), "")
		}
	})
}

func checkPaths(t *testing.T, v tomlfile.Value, path string) {
	if v.Path() != path {
		t.Fatalf("got path %s, want %s", v.Path(), path)
	}
	if list, ok := v.List(); ok {
		for i, e := range list {
			checkPaths(t, e, fmt.Sprintf("%s[%d]", path, i))
		}
	}
	table, _ := v.Any().(map[string]any)
	for name := range table {
		checkPaths(t, v.Key(name), strings.TrimPrefix(path+"."+tomlpos.QuoteKey(name), "."))
	}
}
