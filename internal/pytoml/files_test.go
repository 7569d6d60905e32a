package pytoml

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// TestScanFindsPlaces has the parts of a file that its readers do not see alike: each key
// as it is shown and written, and each value's text and meaning.
func TestScanFindsPlaces(t *testing.T) {
	for text, want := range map[string]string{
		"a == 1\n":                            "key a = at a =; value 1;",
		"é.ü = 'x' # ñ\r\nb = 2\r\n":          "key é at é; key é.ü at ü; key b at b; value 'x' is x; value 2; comment # ñ;",
		"a = 1\rb = [1, # é\r'x']\r":          "", // a list of several types
		"a = 1\rb = ['y', # é\r'x']\r":        "key a at a; key b at b; value 1; value ['y', # é\r'x']; value 'y' is y; value 'x' is x; comment # é;",
		"\ufeffa = \"\"\"\r\nx\\\r\n y\"\"\"": "key \ufeffa at \ufeffa; value \"\"\"\r\nx\\\r\n y\"\"\" is xy;",
		"# é\n[ t . 'u.v' ]\nw.x=p= 1\n":      "key t at t; key t.u.v at 'u.v'; key t.u.v.w at w; key t.u.v.w.x=*** at x=p; value 1; comment # é;",
		"a = [\"\"\"\nx\n\"\"\"]\nb = 1\n":    "key a at a; key b at b; value [\"\"\"\nx\n\"\"\"]; value \"\"\"\nx\n\"\"\" is x\n; value 1;",
		"t = {a = 'x,y', \"b\" = [1]}\n":      "key t at t; key t.a at a; key t.b at \"b\"; value {a = 'x,y', \"b\" = [1]}; value 'x,y' is x,y; value [1]; value 1;",
		"[[t]]\na = 1\n[[t]]\na = 2_0\n":      "key t at t; key t[0].a at a; key t at t; key t[1].a at a; value 1; value 2_0;",
		"a.b = '''y\nx'''\n":                  "key a at a; key b at b; value '''y\nx''' is y\nx;",
		"b = 1\na.b = '''y\nx'''\n":           "key b at b; key a at a; key b at b; value 1; value '''y\nx''' is y\nx;",
	} {
		_, doc, err := Scan(text)
		if err != nil {
			if want != "" {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		if got := partsOf(doc); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

// partsOf returns the keys, values and comments of a document.
func partsOf(doc *tomlpos.Document) string {
	var b strings.Builder
	for _, k := range doc.Keys {
		fmt.Fprintf(&b, "key %s at %s; ", namesOf(doc.Path(k.Node)), doc.Text[k.Start:k.End])
	}
	for _, v := range doc.Values {
		fmt.Fprintf(&b, "value %s", doc.Text[v.Start:v.End])
		if v.Kind.IsString() {
			fmt.Fprintf(&b, " is %s", doc.String(v))
		}
		b.WriteString("; ")
	}
	for _, c := range doc.Comments {
		fmt.Fprintf(&b, "comment %s; ", doc.Text[c.Start:c.End])
	}
	return strings.TrimSpace(b.String())
}

// namesOf returns a path without the quotes around its names.
func namesOf(path string) string {
	return strings.ReplaceAll(strings.ReplaceAll(path, `"`, ""), `\ufeff`, "\ufeff")
}

// TestReadFileEndsLines has the line endings and the encoding of files, and the place of
// the error.
func TestReadFileEndsLines(t *testing.T) {
	for text, want := range map[string]Error{
		"a = 1\r\né = ?\r\n": {Offset: 7, Class: "TomlDecodeError"},
		"a = 1\rb = ?\r":     {Offset: 6, Class: "TomlDecodeError"},
		"# é\nb = ?":         {Offset: 5, Class: "TomlDecodeError"},
		"a = 1\nb = '\xff'":  {Offset: 11, Class: "UnicodeDecodeError"},
		"a = 'x\ry'":         {Offset: 6, Class: "TomlDecodeError"},
		"a = \"\\u\\u0041\"": {Offset: 0, Class: "IndexError"},
	} {
		_, err := Read(text)
		if err == nil || err.Offset != want.Offset || err.Class != want.Class {
			t.Errorf("%q: got %+v, want %+v", text, err, want)
		}
	}
}

// TestNamesKeepTheirOrder has an order that no map has by chance.
func TestNamesKeepTheirOrder(t *testing.T) {
	var text strings.Builder
	var want []string
	for i := range 100 {
		name := fmt.Sprintf("k%d", i*37%100)
		want = append(want, name)
		fmt.Fprintf(&text, "%s = %d\n", name, i)
	}
	table, err := Read(text.String())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for name := range table.All() {
		got = append(got, name)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || table.Len() != len(want) {
		t.Errorf("got %v", got)
	}
}

// TestWorkIsBounded counts the steps and the memory that texts of 1 MiB take, for which
// Python, or a reader that copies, needs the square of their length.
func TestWorkIsBounded(t *testing.T) {
	const n = 1 << 20
	repeat := strings.Repeat
	for name, text := range map[string]string{
		"equals signs":             "a =" + repeat("=", n),
		"digits and equals signs":  "a =" + repeat("1=", n/2),
		"commas in a string":       "a = [\"" + repeat("x,", n/2) + "\"]\n",
		"spaces and commas":        "a = [" + repeat(" ", n/2) + "\"" + repeat(",", n/2) + "\"]\n",
		"an open array of strings": "a = [\"" + repeat("x,", n/2) + "\n",
		"an array and a string":    "a = [\"\"\"x\"\"\"" + repeat(",", n) + "'''\n'''",
		"commas in a table":        "a = {b = '" + repeat("x,", n/2) + "'}\n",
		"a long key in a table":    "a = {" + repeat("k", n/2) + " = '" + repeat(",", n/2) + "'}\n",
		"spaces in a table":        "a = {b = " + repeat(" ", n/2) + "'" + repeat(",", n/2) + "'}\n",
		"quotes in quotes":         "a = '" + repeat("\"", n) + "'\n",
		"quotes of both kinds":     "\"'" + repeat("\"'", n/2) + " = 1\n",
		"backslashes over lines":   "a = \"\"\"\n" + repeat("\\\\\\\n", n/4) + "\"\"\"\n",
		"headers":                  distinct(n, "[%s.b]\n"),
		"keys":                     distinct(n, "%s = 1\n"),
		"a quoted header":          "[\"" + repeat(".", n) + "\"]\n",
		"names of a header":        "[" + repeat("a.", n/2) + "a]\n",
		"names of a key":           repeat("\"a\".", n/4) + "a = 1\n",
		"arrays in arrays":         "a = " + repeat("[", 90) + repeat("1,", n/2) + repeat("]", 90) + "\n",
		"brackets":                 "a = " + repeat("[", n) + repeat("]", n) + "\n",
		"tables in tables":         repeat("a = "+repeat("{a = ", 90)+"1"+repeat("}", 90)+"\n", n/600),
		"tables in an array":       "a = [" + repeat("{a = 1},", n/8) + "]\n",
		"comments in an array":     "a = [" + repeat("#é\n", n/4) + "]\n",
		"escapes":                  "a = \"" + repeat("\\u0041", n/6) + "\"\n",
		"carriage returns":         repeat("#\r\n", n/3),
	} {
		r := &reader{}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := r.readFile(text)
		runtime.ReadMemStats(&after)
		// A step passes over what is left of a line or a value, and the last may be a long one.
		if r.steps > maxSteps+2*len(text) {
			t.Errorf("%s: %d steps", name, r.steps)
		}
		if used := (after.TotalAlloc - before.TotalAlloc) / uint64(len(text)); used > 400 {
			t.Errorf("%s: %d bytes of memory for each of the text", name, used)
		}
		if tooLong := err != nil && err.Limit == ErrTooLong; tooLong && !quadratic[name] {
			t.Errorf("%s: %v after %d steps", name, err, r.steps)
		}
	}
}

// quadratic are the texts of TestWorkIsBounded for which no short cut is known.
var quadratic = map[string]bool{"equals signs": true, "digits and equals signs": true, "arrays in arrays": true, "brackets": true}

// distinct returns n bytes of lines with names of their own.
func distinct(n int, format string) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, format, fmt.Sprint("k", i))
	}
	return b.String()
}
