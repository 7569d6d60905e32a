"""Documents made from the schema with a seed: valid ones, and the same with one thing spoilt."""

import json
import random
import re

from compare import VARY
from corpus import document

SEED = 1
VALID, SPOILT = 250, 350

INTROSPECTION = """{__schema {types {kind name enumValues {name} inputFields {name type {...T}}
  fields {name args {name type {...T}} type {...T}}}}}
fragment T on __Type {kind name ofType {kind name ofType {kind name ofType {kind name}}}}"""

TEXTS = ["ALPHA", "BETA", "NOBODY", "a_b%c", "with blank", "", "é 🔑", 'q"uo\\te', "second", "%A%", "line\nend"]


def types(server):
    answer = json.loads(server.ask(INTROSPECTION))
    return {t["name"]: t for t in answer["data"]["__schema"]["types"]}


def spell(t):
    """A type as a document writes it."""
    if t["kind"] == "NON_NULL":
        return spell(t["ofType"]) + "!"
    return f"[{spell(t['ofType'])}]" if t["kind"] == "LIST" else t["name"]


def inner(t):
    while t.get("ofType"):
        t = t["ofType"]
    return t["name"]


class Maker:
    """Makes one document with its variables."""

    def __init__(self, rng, types, ids):
        self.rng, self.types, self.ids = rng, types, ids
        self.declared, self.variables, self.fragments, self.aliases = [], {}, [], 0

    def chance(self, p):
        return self.rng.random() < p

    def json(self, depth=0):
        kind = self.rng.randrange(5 if depth > 2 else 7)
        if kind == 5:
            return [self.json(depth + 1) for _ in range(self.rng.randrange(3))]
        if kind == 6:
            return {k: self.json(depth + 1) for k in self.rng.sample(["z", "a", "m", "_1"], self.rng.randrange(3))}
        return [self.rng.choice(TEXTS), self.rng.randrange(-1000, 1000), self.chance(0.5), self.rng.choice([0.5, -2.25]), "x" if depth == 0 else None][kind]

    def value(self, t):
        """A value of a type as JSON, enum values marked."""
        if t["kind"] == "NON_NULL":
            return self.value(t["ofType"])
        if t["kind"] == "LIST":
            return [self.value(t["ofType"]) for _ in range(self.rng.randrange(3))]
        if t["kind"] == "ENUM":
            return Enum(self.rng.choice(self.types[t["name"]]["enumValues"])["name"])
        if t["kind"] == "INPUT_OBJECT":
            return self.members(self.types[t["name"]]["inputFields"])
        return self.scalar(t["name"])

    def scalar(self, name):
        return {
            "Int": lambda: self.rng.randrange(5), "Boolean": lambda: self.chance(0.5), "uuid": lambda: self.rng.choice(self.ids),
            "UUID": lambda: self.rng.choice(self.ids),
            "JSON": self.json, "Float": lambda: 1.5,
        }.get(name, lambda: self.rng.choice(TEXTS))()

    def members(self, fields, depth=0):
        """Some members of an input object; those that lead back into it are rare."""
        out = {}
        for f in fields:
            required = f["type"]["kind"] == "NON_NULL"
            if required or self.chance(0.1 if f["name"] in ("_and", "_or", "_not") else 0.4):
                out[f["name"]] = None if not required and self.chance(0.1) else self.value(f["type"])
        return out

    def argument(self, t):
        """The text of an argument: a literal or a variable."""
        value = self.value(t)
        if not self.chance(0.5):
            return literal(value)
        name = f"v{len(self.declared)}"
        given = self.chance(0.8)
        default = "" if given and self.chance(0.7) or t["kind"] != "NON_NULL" and self.chance(0.3) else " = " + literal(value)
        self.declared.append(f"${name}: {spell(t)}{default}")
        if given:
            self.variables[name] = value
        elif not default and t["kind"] == "NON_NULL":
            self.variables[name] = value
        return "$" + name

    def arguments(self, args):
        chosen = [a for a in args if a["type"]["kind"] == "NON_NULL" or self.chance(0.4)]
        self.rng.shuffle(chosen)
        text = ", ".join(f"{a['name']}: {self.argument(a['type'])}" for a in chosen)
        return f"({text})" if text else ""

    def field(self, f):
        alias = ""
        if f["args"] or f["name"] not in VARY and self.chance(0.3):  # so that no two of one key differ
            self.aliases += 1
            alias = f"a{self.aliases}: "
        below = self.types[inner(f["type"])]
        selection = " " + self.selection(below) if below["fields"] else ""
        directive = self.rng.choice([" @include(if: true)", " @skip(if: false)", " @skip(if: true)"]) if self.chance(0.1) else ""
        return f"{alias}{f['name']}{self.arguments(f['args'])}{directive}{selection}"

    def selection(self, owner):
        parts = [self.field(f) for f in self.rng.sample(owner["fields"], self.rng.randint(1, min(4, len(owner["fields"]))))]
        if self.chance(0.2):
            parts.append("__typename")
        if self.chance(0.2):
            parts.append(f"... on {owner['name']} {{ {parts.pop()} }}")
        if self.chance(0.2):
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {owner['name']} {{ {parts.pop()} }}")
            parts.append("..." + name)
        return "{ " + " ".join(parts) + " }"

    def operation(self, kind):
        body = self.selection(self.types[kind.capitalize()])
        head = kind + (" Made" if self.chance(0.5) else "")
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        return " ".join([head + declared, body, *self.fragments])


class Enum(str):
    """A name that a literal writes without quotes."""


def literal(value):
    if isinstance(value, Enum) or value is None:
        return value or "null"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return json.dumps(value)


TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\.\.\.|\$?\w+|[^\s\w]')


def spoil(rng, query, variables):
    """One change to a document or its variables that most likely makes it invalid."""
    tokens = TOKEN.findall(query)
    i = rng.randrange(len(tokens))
    if variables and rng.random() < 0.35:
        name = rng.choice(sorted(variables))
        wrong = rng.choice([None, 5, "x", [], {}, [None], {"zz": 1}, True, 1.5, 3_000_000_000, [[1]]])
        return query, {**variables, name: wrong}
    kind = rng.randrange(5)
    names = [j for j, token in enumerate(tokens) if re.fullmatch(r"\w+", token)]
    if kind == 0:
        del tokens[i]
    elif kind == 1:
        tokens.insert(i, tokens[i])
    elif kind == 2:
        tokens[i] = rng.choice(["!", "{", "}", "(", "null", "5", '"x"', "$v0", "[", "@skip", "...", "name", "1.5", "asc"])
    elif kind == 3:
        tokens[rng.choice(names)] += "x"
    else:
        a, b = rng.choice(names), rng.choice(names)
        tokens[a], tokens[b] = tokens[b], tokens[a]
    return " ".join(tokens), variables


DESCRIBED = """query($name: String!) {__type(name: $name) {kind name description possibleTypes {name} interfaces {name} ofType {name}
  fields(includeDeprecated: true) {name description isDeprecated deprecationReason type {...T} args {...A}}
  inputFields {...A} enumValues(includeDeprecated: true) {name description isDeprecated deprecationReason}}}
fragment A on __InputValue {name description defaultValue type {...T}}
fragment T on __Type {kind name ofType {kind name ofType {kind name ofType {kind name}}}}"""


def described(known):
    """Introspection of every type of the schema."""
    names = sorted(name for name in known if not name.startswith("__") and name != "String")
    return [document(f"made/type {name}", DESCRIBED, json.dumps({"name": name})) for name in names]


def cases(server, ids):
    known = types(server)
    out = described(known)
    for i in range(VALID + SPOILT):
        rng = random.Random(f"{SEED} {i}")
        maker = Maker(rng, known, ids)
        kind = rng.choice(["query", "query", "mutation"])
        query, variables = maker.operation(kind), maker.variables
        if i >= VALID:
            query, variables = spoil(rng, query, variables)
        key = "admin" if kind == "mutation" else rng.choice(["admin", "runner"])
        name = f"made/{'valid' if i < VALID else 'spoilt'} {i}"
        out.append(document(name, query, json.dumps(variables) if variables or rng.random() < 0.5 else None, key=key))
    return out
