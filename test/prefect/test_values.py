"""What a flow gets of thousands of generated CI texts, by this Python's own json.loads.

`sync` stores each text under the formats auto and string; the real client reads what is stored. VALUE_SEED and
VALUE_CASES choose the texts. A failure names its case by number, and says nothing else of it.
"""

import json
import os
import random

from conftest import RELEASE, check, get, parsed, run

# Each release has texts of its own, of which two have many.
COUNT = int(os.environ.get("VALUE_CASES", "2000" if RELEASE in ("0.9.3", "1.4.1") else "500"))
SEED = int(os.environ.get("VALUE_SEED", RELEASE.replace(".", "")))
MOST_BRACKETS = 500

PIECES = [
    "{", "}", "[", "]", ",", ":", '"', '"a"', '"a":', "\\", "\\ud83d", "\\udd11", '"\\ud800"', '"\\ud83d\\udd11"', "\\u0000", "\\n", "0", "1", "42",
    "-", "+", ".", "e", "E5", "true", "false", "null", "None", "NaN", "Infinity", "-Infinity", " ", "\n", "\t", "\r", "\v", "\f", "\xa0", "x",
    "'", "$", "ä", "🔑", "\ufeff", "\x00", "\x01", "\x1f", "\x7f", "\u2028", "<&>",
]


def number(r):
    whole = r.choice(["0", "-0", "007", "1", "-1", "42", "+1", "1_000", "0x1F", "٤٢", "9" * r.choice([16, 19, 20, 40, 4300, 4301, 5000])])
    return whole + r.choice(["", "", ".5", ".", ".50", ".e1"]) + r.choice(["", "", "e5", "E+5", "e-400", "e400", "e"])


def soup(r):
    return "".join(r.choice(PIECES) for _ in range(r.randint(1, 8)))


def tree(r, depth=3):
    """JSON as Python writes and reads it, NaN and halves of surrogate pairs included."""
    kind = r.randrange(8 if depth else 6)
    if kind < 6:
        return r.choice([None, True, 1.5, float("nan"), float("-inf"), 10 ** r.choice([3, 25, 300]), "", "42", "\ud800", "🔑", "\x00", "a" * r.randrange(9)])
    if kind == 6:
        return [tree(r, depth - 1) for _ in range(r.randrange(4))]
    return {r.choice(["a", "b", "\udc00", "ü", ""]): tree(r, depth - 1) for _ in range(r.randrange(4))}


def dumped(r):
    text = json.dumps(tree(r), indent=r.choice([None, None, 1])) if r.random() < 0.9 else "[" + number(r) + "]"
    return text if r.random() < 0.8 else text + r.choice([" x", ",", "}", "\n", "\ufeff"])


def brackets(r):
    n = r.choice([1, 2, 200, 499, 500, 501, 502, 900, 1100, 5000])
    opened, closed, inner = r.choice([("[", "]", ""), ('{"a":', "}", "1")])
    return opened * n + inner + (closed * n if r.random() < 0.9 else "")


def text(r):
    made = r.choices([soup, number, dumped, brackets, lambda r: "[" + soup(r) + "]", lambda r: '{"a": "' + soup(r) + '"}'], [30, 20, 25, 2, 12, 11])[0](r)
    before, after = (r.choice(["", "", "", " ", "\n", "\t ", "\ufeff", "\xa0"]) for _ in range(2))
    return (before + made + after) or "x"


def wanted(text, form):
    """The text; under auto, of an object or array that Prefect can read what json.loads makes of it."""
    if form == "auto":
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError):
            return text
        if isinstance(parsed, (dict, list)) and text.count("[") + text.count("{") <= MOST_BRACKETS:
            return parsed
    return text


def received(value):
    """Secret.get's rule, the same in every release that parses (client/secrets.py)."""
    try:
        return json.loads(value)
    except (json.JSONDecodeError, TypeError):
        return value


def stored(names):
    """What the store gives the real client, a hundred values a document."""
    from prefect.client import Client

    values = {}
    for at in range(0, len(names), 100):
        part = names[at : at + 100]
        fields = " ".join(f'{name}: secret_value(name: "{name}")' for name in part)
        values.update(Client().graphql("query { " + fields + " }").to_dict()["data"])
    return values


def test_a_flow_gets_what_was_put(tmp_path):
    r = random.Random(SEED)
    texts = {f"V{i}": text(r) for i in range(COUNT)}
    for form in ("auto", "string"):
        named = {f"{form}_{name}": text for name, text in texts.items()}
        source, manifest = tmp_path / f"{form}.json", tmp_path / f"{form}.toml"
        source.write_text(json.dumps(named), encoding="utf-8")
        rules = [f'{name} = {{ from = "{name}", format = "{form}", required = true }}' for name in named]
        manifest.write_text("\n".join(["[names]", *rules, ""]), encoding="utf-8")
        run("sync", "--secrets-file", str(source), "--manifest", str(manifest))
        values = stored(list(named))
        check(f"{form}: how many", len(values), COUNT)
        for name, sent in named.items():
            check(f"{name} of seed {SEED}", received(values[name]), wanted(sent, form))
        for name in r.sample(list(named), 20):
            check(f"{name} of seed {SEED}, by Secret.get", parsed(get(name)), wanted(named[name], form))
