package tomlpos

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mustScan fails the test if the text is not TOML.
func mustScan(t *testing.T, text string) *Document {
	t.Helper()
	d, err := Scan(text)
	if err != nil {
		t.Fatalf("%s at %d", err.Problem, err.Start)
	}
	return d
}

// outline returns each key, value and comment of a document with its path and text.
func outline(d *Document) []string {
	var out []string
	for _, k := range d.Keys {
		if k.Last {
			out = append(out, fmt.Sprintf("%s = key %s", d.Path(k.Node), d.Text[k.Start:k.End]))
		}
	}
	for _, v := range d.Values {
		p := d.Position(v.Start)
		text := d.Text[v.Start:v.End]
		out = append(out, fmt.Sprintf("%s = kind %d at %d:%d %s", d.Path(v.Node), v.Kind, p.Line, p.Column, text))
	}
	for _, c := range d.Comments {
		out = append(out, d.Text[c.Start:c.End])
	}
	return out
}

func TestScanKeysAndValues(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"blank lines and comments", "\n \t# one\n#two", []string{"# one", "#two"}},
		{"dotted and quoted", `a . "b c".'d' = 1`, []string{
			`a."b c".d = key 'd'`,
			`a."b c".d = kind 5 at 1:17 1`,
		}},
		{"array", "a = [ 1, # c\n [true], ]", []string{
			"a = key a",
			"a = kind 12 at 1:5 [ 1, # c\n [true], ]",
			"a[0] = kind 5 at 1:7 1",
			"a[1] = kind 12 at 2:2 [true]",
			"a[1][0] = kind 7 at 2:3 true",
			"# c",
		}},
		{"inline table", "a = {b.c = 'x', d = {}}", []string{
			"a = key a",
			"a.b.c = key c",
			"a.d = key d",
			"a = kind 13 at 1:5 {b.c = 'x', d = {}}",
			"a.b.c = kind 3 at 1:12 'x'",
			"a.d = kind 13 at 1:21 {}",
		}},
		{"arrays of tables", "[[a]]\nb = 1\n[a.c]\n[[a]]\nb = 2\n[[a.d]]", []string{
			"a = key a",
			"a[0].b = key b",
			"a[0].c = key c",
			"a = key a",
			"a[1].b = key b",
			"a[1].d = key d",
			"a[0].b = kind 5 at 2:5 1",
			"a[1].b = kind 5 at 5:5 2",
		}},
		{"columns count code points", "\ufeff\"ü😀\" = 'é' # x", []string{
			`"ü😀" = key "ü😀"`,
			`"ü😀" = kind 3 at 1:8 'é'`,
			"# x",
		}},
		{"windows newlines", "a = 1\r\nb = '''x\r\ny'''\r\n", []string{
			"a = key a", "b = key b",
			"a = kind 5 at 1:5 1",
			"b = kind 4 at 2:5 '''x\r\ny'''",
		}},
		{"quotes before the closing ones", `a = """x"""""` + "\nb = ''''y'''''", []string{
			"a = key a", "b = key b",
			`a = kind 2 at 1:5 """x"""""`,
			"b = kind 4 at 2:5 ''''y'''''",
		}},
		{"times", "a = 1979-05-27\nb = 1979-05-27 07:32:00\nc = 1979-05-27T07:32:00.99-07:00\nd = 07:32:00", []string{
			"a = key a", "b = key b", "c = key c", "d = key d",
			"a = kind 10 at 1:5 1979-05-27",
			"b = kind 9 at 2:5 1979-05-27 07:32:00",
			"c = kind 8 at 3:5 1979-05-27T07:32:00.99-07:00",
			"d = kind 11 at 4:5 07:32:00",
		}},
		{"a minus four digits in", "a = 1.2e-5", []string{"a = key a", "a = kind 6 at 1:5 1.2e-5"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, outline(mustScan(t, tt.text))); diff != "" {
				t.Errorf("outline (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStringDecodes(t *testing.T) {
	tests := map[string]string{
		`"a\tb\\\"\u00e9\U0001F600\r\n\b\f"`: "a\tb\\\"é😀\r\n\b\f",
		`'a\tb'`:                             `a\tb`,
		"\"\"\"\nx\\\n \n  y\"\"\"":          "xy",
		"'''\r\nx\\\r\ny'''":                 "x\\\r\ny",
		`""`:                                 "",
		"12":                                 "12",
	}
	for text, want := range tests {
		d := mustScan(t, "a = "+text)
		if got := d.String(d.Values[0]); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestSuperTablesMayFollow(t *testing.T) {
	for _, text := range []string{
		"[a.b.c]\n[a]\n[a.b]",
		"[a]\nb.c = 1\nb.d = 2\n[a.b.e]\nf = 1",
		"a = {b.c = 1, b.d = 2}",
		"[[a.b]]\n[a]\nc = 1",
		"[[a]]\nb = 1\nc.d = 2\n[[a]]\nb = 1\nc.d = 2",
		"[a.b.c]\n[a]\nb.d = 1",
	} {
		if _, err := Scan(text); err != nil {
			t.Errorf("%q: %s", text, err.Problem)
		}
	}
}

func TestVerifyFindsOtherKeys(t *testing.T) {
	d := mustScan(t, "a.b = 1\n[[c]]\n[c.d]\ne = {f = 1}\n\"\" = 2")
	want := [][]string{{"a", "b"}, {"c"}, {"c", "d"}, {"c", "d", "e"}, {"c", "d", "e", "f"}, {"c", "d", ""}}
	if !Verify(d, want) {
		t.Error("the right keys do not verify")
	}
	for i := range want {
		wrong := append([][]string{}, want...)
		wrong[i] = append([]string{"x"}, want[i]...)
		if Verify(d, wrong) {
			t.Errorf("a longer key %d verifies", i)
		}
		wrong[i] = want[i][1:]
		if Verify(d, wrong) {
			t.Errorf("a shorter key %d verifies", i)
		}
	}
	if Verify(d, want[1:]) || Verify(d, append(want, want[0])) {
		t.Error("a key too few or too many verifies")
	}
}

func TestChildAndFirstKey(t *testing.T) {
	d := mustScan(t, "[x]\n[context.secrets]\n[context.other]")
	context, ok := d.Child(Root, "context")
	if !ok {
		t.Fatal("no context")
	}
	first, _ := d.FirstKey(context)
	if got := d.Position(first.Start); got != (Position{Offset: 5, Line: 2, Column: 2}) {
		t.Errorf("context is first at %+v", got)
	}
	if _, ok := d.Child(context, "secret"); ok {
		t.Error("found a child that does not exist")
	}
	if _, ok := d.FirstKey(Root); ok {
		t.Error("the root has a key")
	}
}

func TestPathQuotesWhatIsNotBare(t *testing.T) {
	d := mustScan(t, "\"a\\nb\\u009b\".\"\".c-d = 1")
	if got, want := d.Path(d.Values[0].Node), `"a\nb\u009b"."".c-d`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The line is longer than the interval at which code points are counted.
func TestPositionInALongLine(t *testing.T) {
	text := "a = 1\nb = '" + strings.Repeat("ü€😀", 3*countInterval) + "'\nc = 2"
	d := mustScan(t, text)
	line, column := 1, 1
	for i, r := range text {
		if got, want := d.Position(i), (Position{i, line, column}); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
	}
	if got, want := d.Position(len(text)+9), (Position{len(text), 3, 6}); got != want {
		t.Errorf("beyond the end: got %+v, want %+v", got, want)
	}
}

func TestLine(t *testing.T) {
	d := mustScan(t, "\ufeffa = 1\r\n\nb = 2\n")
	var got []string
	for n := 0; n <= len(d.lines.starts)+1; n++ {
		start, end := d.Line(n)
		got = append(got, d.Text[start:end])
	}
	if diff := cmp.Diff([]string{"", "a = 1", "", "b = 2", "", ""}, got); diff != "" {
		t.Error(diff)
	}
}

// The deepest nesting that is read, and deeper ones.
func TestDepth(t *testing.T) {
	forms := map[string]func(n int) string{
		"arrays":        func(n int) string { return "a = " + strings.Repeat("[", n) + strings.Repeat("]", n) },
		"inline tables": func(n int) string { return strings.Repeat("a={", n/2) + strings.Repeat("}", n/2) },
		"dotted key":    func(n int) string { return strings.Repeat("a.", n-1) + "a = 1" },
		"header":        func(n int) string { return "[" + strings.Repeat("a.", n-1) + "a]" },
	}
	for name, text := range forms {
		if _, err := Scan(text(MaxDepth)); err != nil {
			t.Errorf("%s: %s", name, err.Problem)
		}
		for _, n := range []int{2*MaxDepth + 4, 1 << 20} {
			if _, err := Scan(text(n)); err == nil || err.Problem != TooDeep {
				t.Errorf("%s, %d deep: got %+v", name, n, err)
			}
		}
	}
}

func BenchmarkScan(b *testing.B) {
	file, err := os.ReadFile("testdata/prefect.toml")
	if err != nil {
		b.Fatal(err)
	}
	text := string(file)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Scan(text); err != nil {
			b.Fatal(err.Problem)
		}
	}
}

// BenchmarkScanKeys shows that the time for a key does not grow with the number of keys.
func BenchmarkScanKeys(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "key_%d = 'value'\n", i)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				Scan(text.String())
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/key")
		})
	}
}
