package pysource

import (
	"strings"
	"testing"
)

// TestProblems has texts that Python 3.13 refuses, each with what it is refused for
// here and the text at which that is.
func TestProblems(t *testing.T) {
	for _, c := range []struct{ text, at, message string }{
		{"x = 1\n<<<<<<< HEAD\ny = 2\n=======\ny = 3\n>>>>>>> b\n", "<<<<<<< HEAD", "merge conflict"},
		{"x = [\n    1,\n||||||| base\n]\n", "||||||| base", "merge conflict"},
		{"def f():\n    return 1\n=======\n", "=======", "merge conflict"},
		{"x = (\n>>>>>>> theirs\n)\n", ">>>>>>> theirs", "merge conflict"},
		{"x = 5 +\n", "\n", "an expression is expected"},
		{"x = \ny = 1\n", "\ny", "an expression is expected"},
		{"x = not\n", "\n", "an expression is expected"},
		{"x = a if b\n", "\n", "an else is expected"},
		{"x = a if b else\n", "\n", "an expression is expected"},
		{"x = f(1, , 2)\n", ", 2", "an expression is expected"},
		{"x = [a, *]\n", "]", "an expression is expected"},
		{"x = {1: }\n", "}", "an expression is expected"},
		{"x = a[]\n", "]", "an expression is expected"},
		{"x = f\"{}\"\n", "}", "an expression is expected"},
		{"x = lambda: \n", "\n", "an expression is expected"},
		{"x.\n", "\n", "a name is expected after the dot"},
		{"x = * / 2\n", "/ 2", "an expression is expected"},
		{"return x y\n", "y", "something is missing"},
		{"x == == y\n", "== y", "an expression is expected"},
		{"x = [i for i]\n", "]", "an in is expected"},
		{"assert\n", "\n", "an expression is expected"},
		{"import\n", "\n", "the name of a module is expected"},
		{"from x import\n", "\n", "a name is expected"},
		{"from x impotr y\n", "impotr", "an import is expected"},
		{"for x on y:\n    pass\n", "on", "an in is expected"},
		{"f() = 1\n", "f() =", "nothing can be assigned"},
		{"x + 1 += 2\n", "x + 1", "nothing can be assigned"},
		{"global 1\n", "1", "a name is expected"},
		{"def (x):\n    pass\n", "(x)", "a name is expected"},
		{"def f:\n    pass\n", ":\n", "the parameters are expected"},
		{"def f(1):\n    pass\n", "1)", "the name of a parameter"},
		{"def f(x) pass\n", "pass", "a colon is expected"},
		{"class A\n    pass\n", "\n    pass", "a colon is expected"},
		{"if x\n    y\n", "\n    y", "a colon is expected"},
		{"if x = 1:\n    y\n", "= 1", "a colon is expected"},
		{"while :\n    y\n", ":\n", "an expression is expected"},
		{"with :\n    y\n", ":\n", "an expression is expected"},
		{"else:\n    y\n", "else", "nothing above this line opens"},
		{"if x:\n    y\nelse:\n    z\nelif w:\n    v\n", "elif", "nothing above this line opens"},
		{"for x in y:\n    z\nexcept E:\n    v\n", "except", "nothing above this line opens"},
		{"try:\n    x\ny\n", "try", "neither except nor finally"},
		{"try:\n    x\n", "try", "neither except nor finally"},
		{"if x:\n    try:\n        y\nz\n", "try", "neither except nor finally"},
		{"@x\ny = 1\n", "y =", "below a decorator"},
		{"x = 1; if y: z\n", "if", "must begin its line"},
		{"try:\n    x\nexcept E, e:\n    y\n", ", e", "Python 3 writes except E as e"},
		{"print 'x'\n", "'x'", "a statement of Python 2"},
		{"print x, y\n", "x, y", "a statement of Python 2"},
		{"exec code\n", "code", "a statement of Python 2"},
		{"raise E, 'x'\n", ", 'x'", "no comma in a raise"},
		{"x = 0777\n", "0777", "base 8"},
		{"x = 10L\n", "L", "something is missing"},
		{"x = ur'a'\n", "'a'", "something is missing"},
		{"x <> y\n", "<>", "Python 3 writes !="},
		{"x = `y`\n", "`y", "knows no such character"},
		{"lambda (x, y): x\n", "(x", "the name of a parameter"},
		{"def f(a, (b, c)): pass\n", "(b", "the name of a parameter"},
		{"x = (1,\ny = 2\n", "(1", "never closed"},
		{"x = 1)\n", ")", "nothing opens"},
		{"x = [1)\n", "[1", "never closed"},
		{"x = {'a': 1\n\ndef f():\n    pass\n", "{'a'", "never closed"},
		{"x = 'a\n", "'a", "never closed"},
		{"if x:\ny = 1\n", "y =", "an indented block is expected"},
		{"def f():\n# nothing\n", "", "an indented block is expected"},
		{"class A:\n\n\nx = 1\n", "x =", "an indented block is expected"},
		{"if x:\n    if y:\n    z\n", "z\n", "an indented block is expected"},
		{"x = 1\n  y = 2\n", "y =", "indented further"},
		{"if x:\n    y\n  z\n", "z\n", "of no line above"},
		{"if x:\n\ty\n        z\n", "z\n", "tabs and spaces are mixed"},
		{"if x:\n        y\n\tz\n", "z\n", "tabs and spaces are mixed"},
		{"match x:\n    y = 1\n", "y =", "a case is expected"},
		{"match x:\n    case:\n        pass\n", ":\n        pass", "a pattern is expected"},
		{"x = y!\n", "!", "something is missing"},
	} {
		p := Read([]byte(c.text)).Problem
		if p == nil || !strings.Contains(p.Message, c.message) || !strings.HasPrefix(c.text[p.Start:], c.at) {
			t.Errorf("%q: got %+v", c.text, p)
		}
	}
}

// TestNoProblem has what some Python from 3.6 to 3.13 accepts, and that is easily
// taken for an error.
func TestNoProblem(t *testing.T) {
	for _, text := range []string{
		"x = '''\n<<<<<<< HEAD\n=======\n>>>>>>> b\n'''\n",
		"x = a <<b\ny = a >>b\nz = a==b\n",
		"print >>f, x\nprint\nprint(x)\nexec('x')\n",
		"print: int = 1\nexec = 2\n",
		"match = 1\nmatch(x)\nmatch[x]\nmatch.x\nmatch: int\ncase = 2\ncase(x)\ntype = 3\ntype(x)\n",
		"match x:\n    case 1:\n        pass\n    case [a, *b] | {'k': a, **b} if a > 1: pass\n    case A(x=1) as y:\n        pass\n    case _:\n        pass\n",
		"match (x):\n    case 1: pass\n",
		"match [x, y]:\n    case _: pass\n",
		"match -x:\n    case -1: pass\n",
		"match *x, y:\n    case _: pass\n",
		"match x, y:\n    case a, b: pass\n",
		"match not x:\n    case True: pass\n",
		"if (n := f()) > 1: pass\nwhile chunk := read(): pass\n[y := 1, y]\n",
		"type A[T: int, *Ts, **P] = list[T]\ntype B = int\ndef f[T = int](x: T) -> T: ...\nclass C[T]: pass\n",
		"def f(a, /, b=1, *args: *Ts, c, d=2, **kw) -> int: ...\ndef g(*, a): ...\ndef h(a, /): ...\n",
		"lambda: 0\nlambda *a, k=1, **kw: a\nlambda *, k: k\nlambda a, /: a\nx = lambda: (yield)\n",
		"x if (lambda: y) else z\n[lambda: x for x in y]\n",
		"async def f():\n    async with a as b, c: pass\n    async for x in y: await z\n    return [x async for x in y if await x]\n",
		"async = 1\nawait = 2\nf(async=1)\n",
		"with (open(a) as f, open(b) as g,): pass\nwith (a, b): pass\nwith (a): pass\nwith (yield): pass\nwith (a).b as c: pass\nwith (a, b) as c: pass\n",
		"try:\n    x\nexcept* (A, B) as e:\n    y\n",
		"try: x\nexcept A: y\nexcept: z\nelse: w\nfinally: v\n",
		"for x in *a, b: pass\nfor x, in y: pass\nfor x, *y in z: pass\nfor x[0], y.z in w: pass\nelse: pass\n",
		"def f():\n    return *a, b\n    yield *a, b\n    x = yield\n    y = yield from z\n",
		"x[a:b, ::c, ...]\nx[:]\nx[*a]\nx[a:=1]\nx[a,]\n",
		"f'{x!r:>{w}.2} {x=} {x = !s} {x:%H:%M} {{}} {*a, b} {yield_}'\nf'{x:{y}{z}}'\nf\"{d[\"k\"]}\"\n",
		"f'''{\nx\n}'''\nf'{lambda_}' 'b' f'{x:=5}'\n",
		"1if x else 2\n0xfor x\n0_0\n00\n1_000.5e-3j\n.5\n1.\n1..real\n0o17\n",
		"not not x\nx not in y\nx is not y\na < b < c\n-x ** -y\n~x @ y\n",
		"{}\n{**a, 'b': 1}\n{*a}\n{x: y for x in z}\n{x for x in y}\n(x for x in y)\nf(x for x in y)\n()\n(),\n",
		"del x, (y), [z]\ndel (a, b)\nglobal c, d\nassert x, y\nraise\nraise X from None\npass; pass;\n",
		"x: int\nx: int = 1\nx.y: int = 2\nx[0]: int = 3\n(x): int = 4\nx: tuple = 1, 2\nx = y = z\nx += 1\nx = *a, b\na, *b = c\n[a, b] = c\n",
		"from . import x\nfrom ... import (a as b, c,)\nfrom .a.b import *\nimport a.b as c, d\n",
		"@a.b(c)\n@d\n\n# comment\nclass A(B, metaclass=C, *d, **e): pass\n@x\nasync def f(): pass\n",
		"if x:\n    pass\n# comment\n  # another\nelse:\n\tpass\n",
		"class A:\n\tdef f(self):\n\t    pass\n",
		"x = [\n  1,\n 2,\n   ]\ny = (a\n + b)\n",
		"if x: y; z\nwhile x: break\nfor x in y: continue\n",
		"x = a if b else c if d else e\n[a if b else c for x in y if d if e]\n",
		"def f(): ...\n...\nx = ...\n",
		"\f\nclass A:\n    pass\n\x0c\nx = 1\n",
		"if x:\n    y\\\n= 1\n",
		"nonlocal_ = 1\ndef f():\n    x = 1\n    def g():\n        nonlocal x\n",
		"x = y = yield_\nx = (yield_)\na = b\\\n  + c\n",
	} {
		if p := Read([]byte(text)).Problem; p != nil {
			t.Errorf("%q: got %s at %q", text, p.Message, text[p.Start:])
		}
	}
}

// TestCommandsOfNotebooks reads what IPython reads before Python does.
func TestCommandsOfNotebooks(t *testing.T) {
	const read = "from prefect.client import Secret\nSecret('A').get()\n"
	for _, before := range []string{
		"!pip install x\n", "%matplotlib inline\n", "  \n%load_ext x\n", "x = !ls -l | grep \"\n", "x = %env HOME\n",
		"Secret?\n", "Secret.get??\n", "?Secret\n", "??Secret\n", "if x:\n    !ls\n", "if x:\n    y = !ls (\nelse:\n    %cd ..\n",
		"!pip install \\\n  'x\n", "%time x = 1\n", "%%time\n", "%%capture out\n", "%%bash\necho 'it\n# %%\n", "# %%\n%%html\n<b \"\n# In[2]:\n",
		"%%writefile x\nSecret('B')\n# COMMAND ----------\n", "!ls;\n", "!!ls\n",
	} {
		m := Read([]byte(before + read))
		if m.Problem != nil || len(m.Reads) != 1 || m.Reads[0].Name != "A" {
			t.Errorf("%q: got %+v, %+v", before, m.Problem, m.Reads)
		}
	}
	if m := Read([]byte("%%bash\n" + read)); len(m.Reads) > 0 || m.Problem != nil {
		t.Errorf("the rest of a cell: got %+v", m)
	}
	if m := Read([]byte("from prefect.client import Secret\n%time Secret('A').get()\n")); len(m.Reads) != 1 {
		t.Errorf("behind %%time: got %+v", m)
	}
}
