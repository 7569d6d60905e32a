"""Python with one fault in it, and whether Python's own compile reads it.

    python_mutations.py make             prints mutations, one JSON string a line
    python_mutations.py judge            reads them, and prints for each 1 if this Python's parser takes it, else 0
    python_mutations.py merge FILE...    reads them, and prints rows with what all of the judges said

python_mutations.sh runs it with each Python and writes internal/pysource/testdata/mutations.jsonl. A mutation takes a
token out, writes one twice, swaps two, or puts another one in. Names differ from statement to statement, so that a
fault is one of the grammar alone.
"""

import ast
import io
import json
import random
import sys
import tokenize
import warnings

# Statements of all kinds that Python 3.6 to 3.13 reads.
STATEMENTS = [
    "f(a, *b, c=1, **d)\n", "f(a for a in b if c)\n", "x = f(g(a, b), [c], h=(d, e))\n", "x = a if b else c\n", "x: int = 1\n", "x += y\n", "x = y = z\n",
    "x[a:b, c:d:e] = f\n", "a.b[c].d(e).f = 1\n", "(a, b), *c = d\n", "for a, b in c:\n    pass\nelse:\n    d\n", "while a and not b or c:\n    break\n",
    "if a:\n    b\nelif c:\n    d\nelse:\n    e\n", "try:\n    a\nexcept b as c:\n    d\nexcept (e, f):\n    g\nelse:\n    h\nfinally:\n    i\n",
    "with a as b, c() as d:\n    e\n", "def f(a, b: int = 1, *c, d=2, **e) -> g:\n    return h\n", "def f(a, *, b):\n    global c\n    yield a\n",
    "@a.b(c)\nclass d(e, f=g):\n    h = 1\n\n    def i(self): pass\n", "async def a(b):\n    async with c as d:\n        await e\n    async for f in g:\n        h\n",
    "x = lambda a, *b, c=1, **d: a\n", "x = [a for b in c for d in e if f if g]\n", "x = {a: b, **c, d: e}\n", "x = {a, b, *c}\n", "x = {a: b for c in d}\n",
    "import a.b as c, d\n", "from a.b import (c as d, e)\n", "from . import a\n", "from ..a import *\n", "del a, b[c], d.e\n", "assert a, b\n", "raise a from b\n",
    "return_ = not a in b is not c\n", "x = a < b <= c != d\n", "x = -a ** +b @ c // d % e << f | g & ~h\n", "x = 'a' \"b\" '''c\nd'''\n", "x = b'a' rb'b'\n",
    "x = f'{a!r:>{b}} {c[\"d\"]} {{e}}' f'{f:%H:%M}'\n", "x = f'''{a\n}'''\n", "x = 0x1F + 1_0.5e-3j + .5 + 1. + 0o7 + 0b1\n", "x = (yield_, )\n", "x = ()\n", "pass; a; b = 1;\n",
    "if a: b\nelse: c\n", "x = \\\n  y\n", "x = [\n  a,  # c\n  b,\n]\n", "print(a, end='')\n", "x = a[b][-1](*c)(**d)\n", "f(*a, *b, **c, **d)\n", "x = (a for b in c)\n", "x = None, True, ...\n",
]
INSERTED = [
    "a", "1", "'a'", "f'{a}'", "(", ")", "[", "]", "{", "}", ",", ".", ":", ";", "=", "==", "+", "-", "*", "**", "->", "@", ":=", "+=", "!", "$", "?", "`", "\\", "\ufeff", "“", "<>",
    "if", "else", "for", "in", "is", "not", "and", "or", "lambda", "as", "import", "from", "def", "class", "return", "yield", "await", "pass", "None", "True", "del", "except", "try", "with", "\n", "    ", "b'a'",
    "k=1", "**k", "*k", "1a", "0777", "1__0", "0x", "'", "'''", "#", "...", "raise", "global", "print",
]
FSTRINGS = ["f'}'", "f'{'", "f'{}'", "f'{a!}'", "f'{a!x}'", "f'{a:{b}'", "f'{a b}'", "f'{{}'", "f'{a}}'", "f'{a}}}'", "f'a}b'", "f'{a:}}'", "f'{*a}'", "f'{lambda x: 1}'", "f'{a=}'", "f'{a!r'", "f'{a:b'", "rf'}'", "f'''}'''", "f'{a:}'", "f'{ }'", "f'{!r}'", "f'{:a}'", "f'{a,}'", "f'{a[}'", "f'{a)}'"]


def tokens_of(text):
    """The tokens of a text, each with what stands before it."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    out, end = [], 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if not token.string:
            continue
        start = starts[token.start[0] - 1] + token.start[1]
        if start < end:
            continue
        out.append((text[end:start], token.string))
        end = start + len(token.string)
    return out


def mutations():
    random.seed(1)
    for text in STATEMENTS:
        tokens = tokens_of(text)
        joined = lambda t: "".join(space + word for space, word in t)
        for i, (space, word) in enumerate(tokens):
            yield joined(tokens[:i] + tokens[i + 1 :])
            yield joined(tokens[:i] + [(space, word), (" ", word)] + tokens[i + 1 :])
            if i + 1 < len(tokens):
                yield joined(tokens[:i] + [(space, tokens[i + 1][1]), (tokens[i + 1][0] or " ", word)] + tokens[i + 2 :])
            for other in random.sample(INSERTED, 6):
                yield joined(tokens[:i] + [(space, other), (" ", word)] + tokens[i + 1 :])
            for other in random.sample(INSERTED, 3):
                yield joined(tokens[:i] + [(space, other)] + tokens[i + 1 :])
    for text in FSTRINGS:
        yield "x = " + text + "\n"
        yield "x = 'a' + " + text + " 'b'\n"


def is_read(text):
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def main(command, *files):
    warnings.simplefilter("ignore")
    if command == "make":
        for text in dict.fromkeys(mutations()):
            print(json.dumps(text))
        return
    texts = [json.loads(line) for line in sys.stdin]
    if command == "judge":
        for text in texts:
            print(int(is_read(text)))
        return
    judged = [open(file).read().split() for file in files]
    for i, text in enumerate(texts):
        votes = [votes[i] == "1" for votes in judged]
        print(json.dumps({"text": text, "read": "all" if all(votes) else "some" if any(votes) else "none"}))


main(*sys.argv[1:])
