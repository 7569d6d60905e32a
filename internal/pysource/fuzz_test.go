package pysource

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzRead(f *testing.F) {
	for _, path := range corpusFiles(f) {
		f.Add(readFile(f, path))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m := Read(text)
		if !utf8.ValidString(m.Text) || strings.ContainsAny(m.Text, "\r\x00") {
			t.Fatal("the text is not as Python sees it")
		}
		checkAccesses(t, m, m.Reads, true)
		checkAccesses(t, m, m.Unknown, false)
		checkSpans(t, m, m.Literals)
		checkSpans(t, m, m.Comments)
		if p := m.Problem; p != nil {
			checkSpan(t, m, p.Start, p.End)
		}
	})
}

func checkAccesses(t *testing.T, m *Module, accesses []Access, named bool) {
	t.Helper()
	last := 0
	for _, a := range accesses {
		checkSpan(t, m, a.Start, a.End)
		if a.Start < last || a.Start == a.End && named || (a.Name != "") != named || !utf8.ValidString(a.Name) || a.Kind == "" {
			t.Fatalf("after %d: %+v", last, a)
		}
		if last = a.Start; m.Problem != nil && a.End > m.Problem.Start {
			t.Fatalf("%+v goes beyond the problem at %d", a, m.Problem.Start)
		}
	}
}

func checkSpans(t *testing.T, m *Module, spans []Span) {
	t.Helper()
	end := 0
	for _, s := range spans {
		checkSpan(t, m, s.Start, s.End)
		if s.Start < end {
			t.Fatalf("%+v begins before %d", s, end)
		}
		end = s.End
	}
}

func checkSpan(t *testing.T, m *Module, start, end int) {
	t.Helper()
	if start < 0 || start > end || end > len(m.Text) {
		t.Fatalf("from %d to %d of %d bytes", start, end, len(m.Text))
	}
}

// TestHostile reads long texts that could make a reader slow, or nest too deep.
func TestHostile(t *testing.T) {
	for _, piece := range []string{
		"(", "[", "{", ")", "f\"{", "f'{x:{", "f'{{", "lambda:", "lambda x=", "a.", "a=", "a,", "a+", "a or ", "not ",
		"x:=", "(x:=", "\"", "'''", "'a' ", "\\\n", "\\N{", "f'\\N{", "“", "a“", "0x", "1.e", "@", "\t\n", "# \n", " x",
		"if x:", "if x: a\n", "else:", "for for ", "for x in ", "case x ", "case x;", "match x:\n", "def f(", "def f(): ",
		"class A:\n ", "import a.", "from a import b,", "from prefect import *\nx.y\n", "global x\n", "del x,",
		"A = f'{A}{A}'\n", "A = B; B = A\n", "import prefect\nprefect.context.secrets['A']\n", "prefect.", "x[",
		"a if b else ", "(a if b else ", "a and ", "if x: return\n", "if x:\n y\nel", "elif x:\n y\n", "try:\n ", "with (a", "!x\n", "%%x\n",
		"x = !y\n", "<<<<<<< \n", "a = {**a, **a}\n", "b = a and a\n", "a = (b, b)\n", "x?", "yield ", "print x",
		"from prefect.client import Secret\nif x:\n Secret=1\nSecret('A')\n", "def f():\n return S('A')\nif y: S = 2\n",
		"from prefect.client import Secret\ndef f(n): Secret(n).get()\nf('A')\n", "def g(h):\n try: h()\n finally: return\ng(lambda: g(g))\n",
		"for a in [a, a]:\n", "a = [b for b in a if a]\n", "match a:\n case True: a\n", "class A(A):\n def a(self): self.a()\n", "with a() as a: a\n", "a[a].a().get(a)\n",
	} {
		m := Read([]byte(strings.Repeat(piece, 100_000/len(piece))))
		for _, a := range append(m.Reads, m.Unknown...) {
			checkSpan(t, m, a.Start, a.End)
		}
	}
}

func TestSizeLimit(t *testing.T) {
	if m := Read(make([]byte, maxSize+1)); m.Problem == nil || m.Text != "" {
		t.Errorf("read %d bytes", len(m.Text))
	}
	if m := Read([]byte(strings.Repeat("\n", maxSize-20) + "x = 1")); m.Problem != nil {
		t.Errorf("rejected: %+v", m.Problem)
	}
}

// TestAliasesGoNoFurther has a chain of aliases that is longer than any that is
// followed. The name that is read is not guessed.
func TestAliasesGoNoFurther(t *testing.T) {
	var b strings.Builder
	b.WriteString("def f():\n    return prefect.client.Secret(a0)\n")
	for i := range 200 {
		b.WriteString("a" + strings.Repeat("x", i) + "0 = a" + strings.Repeat("x", i+1) + "0\n")
	}
	b.WriteString("import prefect\n")
	if m := Read([]byte(b.String())); len(m.Reads) > 0 || len(m.Unknown) != 1 {
		t.Errorf("got %+v, %+v", m.Reads, m.Unknown)
	}
}

// TestStringsGrowNoFurther has a name that would be 2 to the power of 40 bytes long.
func TestStringsGrowNoFurther(t *testing.T) {
	var b strings.Builder
	b.WriteString("from prefect.client import Secret\na0 = 'x'\n")
	for i := range 40 {
		name := "a" + strings.Repeat("x", i)
		b.WriteString(name + "x0 = " + name + "0 + " + name + "0\n")
	}
	b.WriteString("Secret(a" + strings.Repeat("x", 40) + "0)\n")
	if m := Read([]byte(b.String())); len(m.Reads) > 0 || len(m.Unknown) != 1 {
		t.Errorf("got %+v, %+v", m.Reads, m.Unknown)
	}
}
