"""Random configurations and what this Python's Prefect makes of them, one JSON document a line.

    config_cases.py SEED COUNT WORK    run by run.sh with the Python of a release; HOME is to be /home/user

Releases whose code for configurations is the same, byte for byte, give the same: the first of them leaves its cases
in WORK for the others. The defaults are each release's own.

The form is that of fixtures/prefect/config-cases-*.jsonl, which internal/release/cases_test.go compares with release.Load.
"""

import collections
import collections.abc
import datetime
import fcntl
import hashlib
import json
import os
import pathlib
import random
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")
for name in ("Iterable", "Sequence", "Mapping", "MutableMapping"):  # dropped by Python 3.10; releases before 0.14 want them
    setattr(collections, name, getattr(collections.abc, name))

import box  # noqa: E402
import prefect.utilities.collections  # noqa: E402
import toml  # noqa: E402
from prefect import configuration  # noqa: E402

TEXTS = [
    "hello", "42", "True", "false", "null", "None", "[1, 2]", "{'a': 1}", '{"a": {"b": 2}}', "1e5", "1.50", "1.5", "007", "nan", "-inf",
    "b'x'", "(1,)", "{1}", "...", "1,2", "'q'", '"q"', "a\\nb", "\\x41", "\\u00e9", "\\N{EM DASH}", "ü", "\\q", "1_000", "0x1F", "2j",
    "-5", "+5", " 7", "", "{}", "[]", "{'items': 1}", "a\nb", "\t", "True ", "tRuE", "12345678901234567890123", "1e400", "-0", "-0.0",
    "100000000000000000000.0", "1e22", "0.1", "5e-324", "\\", "\\\\", "~/x", "~", "a~",
]
EXPANDED = ["$A", "${A}", "$A$B", "$NOPE", "$HOME/y", "$$", "$", "$1", "$LIST", "$N1", "$N2", "$C", "${A B}", "${A}\\"]
REFERENCES = [
    "${s.k}", "${s.t.x}", "pre-${s.k}-post", "${s.k}${s.n}", "${${A}}", "${s.l}", "${s}", "${s.d}", "<${s.d}>", "<${s.dt}>", "<${s.tm}>",
    "<${s.f}>", "<${s.b}>", "${s.none}", "<${s.none}>", "${k e y}", "${s.dict}", "<${s.dict}>", "${NOPE}", "${", "${}", '["${s.k}"]',
]
VARIABLES = {
    "A": ["bar", "s.k", "$B", "~", "42", "s"], "B": ["baz", "$C", "7"], "C": ["deep", "99", "$D", "true"], "D": ["$E", "x"],
    "E": ["5", "$A"], "N1": ["$N2"], "N2": ["42", "$N3"], "N3": ["7", "'s'"], "LIST": ["[1]"], "s.k": ["from the environment"],
}
OPTIONS = [
    "A", "A__B", "A__C", "V", "S__K", "S__T__X", "S", "CONTEXT__SECRETS__KEY", "CONTEXT__SECRETS__key", "CONTEXT__SECRETS__A__B",
    "CONTEXT__SECRETS", "Context__Secrets__K", "CONTEXT__SECRETS_X", "CONTEXT__Foo", "A___B", "__A", "A__", "debug", "S__ITEMS",
    "TASKS__DEFAULTS__TIMEOUT", "X__CONTEXT__SECRETS__Y", "", "S__N__Z", "S__L__Z", "S__T__X__Y", "context__secrets__Z",
]
LISTS = ["[1, 2]", "['a']", "[]", "[[1], ['a']]", "[{a = 1}]", "[1.0, 2.0]", "[1, 2.0]", "[1, 'a']", "[true]"]
# Statements that TOML 1.0 refuses and toml 0.10.2 reads, or reads otherwise, or refuses.
ODD = [
    "q == 1", "q == 'x'", "q=r= 'x'", "q ==1", "q = = 1", "q=1=1", "nä = 'x'", "日本 = 1", "q = '\x1b[0m'", 'q = "\x00"', "q\x00 = 1", "\x00 = 1",
    "q = 1 # \x00", "# \x01", "q = 1\rr = 2", "# c\rq = 1", "q = 'a\rb'", "q = 1\r", "q = [1,\r2]", 'q = """a\r\nb"""', "q = 1\r\nr = 'x'\r",
    "q = 1\nq = 2", "q.r = 1\nq.r = 2", "q.r = 1\nq.t = 2", "q . r = 1", "q.'r t' = 1", '"q".r = 1', '"q.r" = 1', "'q\\n' = 1", '"\\u00e9" = 1',
    "[q]\n[q]", "[q.r]\n[q]\nx = 1", "[q]\nr.t = 1\n[q.r]\nx = 1", "[ q . r ]\nx = 1", "['q.r']\nx = 1", '["q . r"]\nx = 1', "[[q]]\nx = 1\n[[q]]", "[q",
    "q = '''\nx\n'''", "q = '''\nx\n''' # c", "q = '''x''' # c", 'q = """\\\n  x\\\n  y"""', 'q = """a"b"""', "q = '''a''''", "q.r = '''\nx\n'''",
    "q = ['''\nx\n''']", "q = {r = '''\nx\n'''}", "q = {r = 1, r = 2}", "q = {r.t = 1}", "q = {r = 'a,b'}", "q = {r = 1,}", "q = {\nr = 1}", "q = {}",
    "q = 'x' # c = 1", "q = 'x'# '", 'q = 1 # "', "q = [1, # ]\n2]", "q = ['a', # é\n'b,c']", "q = [1, 2", "q = [1,,2]", "q = [1 2]", "q = [{a = 1}, 1]",
    "q = 99999999999999999999", "q = 01", "q = 1_000", "q =1_000", "q = 1__0", "q = +1", "q = .5", "q = 5.", "q = 0x1F", "q = 0o7", "q = -nan", "q = ٣",
    "q = 07:32:00.5", "q = 07:32:00.123", "q = 1979-05-27T07:32:00z", "q = 1979-05-27 07:32:00", "q = 1979-02-30", 'q = "\\e"', 'q = "\\x41"', "q = yes",
    'q = "x" y', 'q = "x', 'q = "\\""', 'q = "\\ud800"', "q =", "q", "= 1", "{q = 1}", "{'q': 1}", "q = True", "q.. = 1", ".q = 1", "q. = 1", "'' = 1",
]
BROKEN = ['"', "'", "=", "[", "]", "{", "}", "\\", ",", ".", "#", "\n", "\r", "\x00", "\x1c", "\x7f", "\x85", "\u2028", "\ufeff", "é", '"""', "'''"]
TIMES = ["1979-05-27T07:32:00Z", "1979-05-27T07:32:00", "1979-05-27T07:32:00.5-07:00"]


def quoted(text):
    if random.random() < 0.7 or set(text) & set("'\n\t"):
        return json.dumps(text)
    return f"'{text}'"


def section():
    body = {
        "k": quoted(random.choice(TEXTS + EXPANDED)), "n": "7", "f": "1.5", "b": "true", "l": random.choice(LISTS), "d": "1979-05-27",
        "dt": random.choice(TIMES), "tm": "07:32:00", "none": '"None"', "dict": "\"{'y': [1, 'z']}\"", "str": '"42"', "U": '"$A"',
    }
    lines = ["[s]"] + [f"{key} = {body[key]}" for key in random.sample(list(body), random.randint(1, 8))]
    if random.random() < 0.5:
        lines += ["[s.t]", f"x = {quoted(random.choice(TEXTS + EXPANDED))}"]
    return lines


def configuration_and_environment():
    texts = TEXTS + EXPANDED + REFERENCES
    lines = [f"{key} = {quoted(random.choice(texts))}" for key in random.sample(["v", "w", "x", '"k e y"', "Z"], random.randint(0, 4))]
    if random.random() < 0.8:
        lines += section()
    if random.random() < 0.4:
        keys = random.sample(["KEY", "key", "Mixed", "a.b"], random.randint(0, 3))
        lines += ["[context.secrets]"] + [f"{key} = {quoted(random.choice(texts))}" for key in keys]
    if random.random() < 0.1:
        lines += ["[a]", f"{random.choice(['items', 'get', 'values', 'x', '__len__'])} = 1"]
    environment = {name: random.choice(values) for name, values in VARIABLES.items() if random.random() < 0.6}
    for _ in range(random.choice([0, 0, 1, 1, 2, 3])):
        environment["PREFECT__" + random.choice(OPTIONS)] = random.choice(texts)
    items = list(environment.items())
    random.shuffle(items)
    return hostile(lines), dict(items)


def hostile(lines):
    """The text of lines, every second time with what TOML 1.0 and toml 0.10.2 do not agree about."""
    if random.random() < 0.5:
        return "\n".join(lines) + "\n"
    for _ in range(random.choice([0, 1, 1, 1, 2])):
        lines.insert(random.choice([0, 0, len(lines), random.randint(0, len(lines))]), random.choice(ODD))
    text = random.choice(["\n", "\n", "\n", "\r\n", "\r"]).join(lines) + random.choice(["\n", "\n", "", "\r"])
    if random.random() < 0.15:
        text = "\ufeff" + text
    if random.random() < 0.2:
        at = random.randint(0, len(text))
        text = text[:at] + random.choice(BROKEN) + text[at + random.randint(0, 1):]
    return text


def leaves(table, path=()):
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, path + (key,))
        else:
            yield path + (key,), value


def entry(path, value):
    kind = type(value).__name__
    out = {"path": list(path), "type": {"BoxList": "list", "Config": "dict", "Box": "dict"}.get(kind, kind)}
    if value is None or isinstance(value, (bool, int, str)):
        out["value"] = value
    elif isinstance(value, float):
        out["value"] = value if value == value and abs(value) != float("inf") else repr(value)
    elif isinstance(value, datetime.timedelta):
        out["repr"] = f"seconds={value.total_seconds()}"
    elif isinstance(value, (datetime.date, datetime.time)):
        out["repr"] = value.isoformat()
    elif isinstance(value, dict):
        out["repr"] = "{}"
    elif isinstance(value, list):
        out["repr"] = repr(list(configuration.Config(x=value).to_dict()["x"]))
    else:
        out["repr"] = repr(value)
    return out


def load(text, environment):
    """What load_configuration gives; None where keys that refer to one another grow, in the order of Python's hashes."""
    os.environ.clear()
    os.environ["HOME"] = "/home/user"
    os.environ.update(environment)
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        try:
            config = configuration.load_configuration(file.name, env_var_prefix="PREFECT")
        except Exception as error:
            return {"error": {"class": type(error).__name__}}
    flat = [entry(path, value) for path, value in leaves(config)]
    grown = any(isinstance(e.get("value"), str) and (len(e["value"]) > 200 or "${s." in e["value"]) for e in flat)
    return None if grown else {"flat": flat}


print(json.dumps({"id": "defaults", "mode": "user", "env": {}, "expected": {"baseline": [entry(path, value) for path, value in leaves(configuration.config)]}}))


def sources():
    """The files whose code makes a configuration of a text and an environment."""
    for module in (configuration, prefect.utilities.collections, toml, box):
        file = pathlib.Path(module.__file__)
        yield from sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]


def made(seed, count):
    """COUNT cases, a line each."""
    random.seed(seed)
    number = 0
    while number < count:
        text, environment = configuration_and_environment()
        expected = load(text, environment)
        if expected is not None:
            number += 1
            yield json.dumps({"id": f"random-{number}", "mode": "interp", "toml": text, "env": environment, "expected": expected}) + "\n"


def cases(seed, count, work):
    """The cases of releases with this code, which are made once."""
    key = hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in sources())).hexdigest()
    place = work / f"made-{key[:16]}"
    with open(place.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            place.with_suffix(".new").write_text("".join(made(seed, count)))
            place.with_suffix(".new").replace(place)
    return place.read_text()


print(cases(int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])), end="")
