"""Random configurations and what this Python's Prefect makes of them, one JSON document a line.

    config_cases.py SEED COUNT      run by run.sh with the Python of a release; HOME is to be /home/user

The form is that of fixtures/prefect/config-cases-*.jsonl, which internal/release/cases_test.go compares with release.Load.
"""

import collections
import collections.abc
import datetime
import json
import os
import random
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")
for name in ("Iterable", "Sequence", "Mapping", "MutableMapping"):  # dropped by Python 3.10; releases before 0.14 want them
    setattr(collections, name, getattr(collections.abc, name))

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
    return "\n".join(lines) + "\n", dict(items)


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
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
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
random.seed(int(sys.argv[1]))
made = 0
while made < int(sys.argv[2]):
    text, environment = configuration_and_environment()
    expected = load(text, environment)
    if expected is not None:
        made += 1
        print(json.dumps({"id": f"random-{made}", "mode": "interp", "toml": text, "env": environment, "expected": expected}))
