package pytoml

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// casesFile holds TOML texts and what Python's toml 0.10.2 returned for each: a table,
// or the error. The environment's PYTOML_CASES replaces it.
var casesFile = "testdata/cases.jsonl"

func TestReadsAsPythonDoes(t *testing.T) {
	if path := os.Getenv("PYTOML_CASES"); path != "" {
		casesFile = path
	}
	file, err := os.Open(casesFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<22)
	failed := 0
	for lines.Scan() && failed < 20 {
		var c [2]any
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		text := c[0].(string)
		class, refused := c[1].(map[string]any)["$err"].(string)
		class, _, _ = strings.Cut(class, ":")
		r := &reader{}
		err := r.read(text)
		got := r.root
		switch {
		case err != nil && err.Limit != nil:
			t.Errorf("%q: %v", text, err)
			failed++
		case refused != (err != nil):
			t.Errorf("%q: got %v %v, want %v", text, encode(got), err, c[1])
			failed++
		case refused:
			if got := err.Class; got != class {
				t.Errorf("%q: %s, want %s", text, got, class)
				failed++
			}
		default:
			if diff := cmp.Diff(normalize(c[1]), encode(got)); diff != "" {
				t.Errorf("%q: %s", text, diff)
				failed++
			}
		}
	}
}

// encode returns a value in the form of the cases.
func encode(v any) any {
	switch v := v.(type) {
	case *Table:
		m := map[string]any{}
		for name, value := range v.All() {
			m[name] = encode(value)
		}
		return m
	case *List:
		list := []any{}
		for _, value := range v.Items {
			list = append(list, encode(value))
		}
		return list
	case Int:
		return map[string]any{"$int": string(v)}
	case float64:
		return map[string]any{"$float": encodeFloat(v)}
	case Time:
		return map[string]any{"$time": encodeTime(v)}
	}
	return v
}

// encodeTime returns a time in the form of the cases.
func encodeTime(t Time) (text string) {
	if t.HasDate {
		text = fmt.Sprintf("%04d-%02d-%02d", t.Year, t.Month, t.Day)
	}
	if t.HasClock {
		text += fmt.Sprintf("T%02d:%02d:%02d.%06d", t.Hour, t.Minute, t.Second, t.Micro)
	}
	if t.Zoned {
		text += fmt.Sprintf("%+d", t.Offset)
	}
	return text
}

// encodeFloat returns a float, or NaN, as one string.
func encodeFloat(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// normalize formats the floats of a case as encodeFloat does: Python formats some
// differently.
func normalize(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = normalize(v[i])
		}
	case map[string]any:
		if text, ok := v["$float"].(string); ok && len(v) == 1 {
			f, _ := strconv.ParseFloat(text, 64)
			return map[string]any{"$float": encodeFloat(f)}
		}
		for name := range v {
			v[name] = normalize(v[name])
		}
	}
	return v
}

// FuzzRead looks for panics, and for texts that are slow to read.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"a = 1\n[t]\nb.c = [1, \"x\"]\n[[u]]\nv = {a = '''x\ny'''}\n",
		"k = \"\"\"\n\\\n\"\"\"\n", "v = [{a = 1}, [", "\"", "[", "=\r", "'''", "a={b=[\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		switch table, err := Read(text); {
		case err == nil && table == nil:
			t.Error("no table and no error")
		case err != nil && (err.Offset < 0 || err.Offset > len(text)):
			t.Errorf("offset %d", err.Offset)
		}
	})
}
