"""The cases: documents that clients and UIs send, those written by hand, and requests of every other form."""

import json
import pathlib
import re

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE.parents[1] / "fixtures" / "graphql"


def post(name, body, key="admin", path="/", headers=(), method="POST", kind="application/json"):
    """A case: one HTTP request. The key `none` sends no Authorization header."""
    headers = list(headers) + ([("Content-Type", kind)] if kind else [])
    return {"name": name, "method": method, "path": path, "headers": headers, "body": body, "key": key}


def document(name, query, variables=None, operation=None, key="admin"):
    body = {"query": query}
    if operation is not None:
        body["operationName"] = operation
    text = json.dumps(body)
    if variables is not None:  # as text, for the sake of its digits
        text = text[:-1] + ', "variables": ' + variables + "}"
    return post(name, text.encode(), key)


def read(path):
    """The cases of a file: `=== NAME [key=…] [operation=…]`, the document, and after a line `---` the variables."""
    cases = []
    for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
        head, text = block.split("\n", 1)
        options = dict(re.findall(r" (key|operation)=(\S*)", head))
        query, _, variables = text.rstrip("\n").partition("\n---\n")
        name = re.sub(r" (key|operation)=\S*", "", head)
        cases.append(document(f"{path.stem}/{name}", query, variables or None, **options))
    return cases


def recorded():
    """The bodies that real clients sent, from the recordings among the fixtures, and the requests to Apollo Server."""
    cases = []
    for path in sorted(FIXTURES.glob("prefect-*.txt")):
        bodies = re.findall(r"\n\n(\{.*\})\n---", path.read_text())
        for i, body in enumerate(bodies):
            key = "runner" if re.search("secret_?value", body, re.I) else "admin"
            cases.append(post(f"recorded/{path.stem} {i}", body.encode(), key))
    for line in (FIXTURES / "apollo-server-2.25.4.jsonl").read_text().splitlines():
        probe = json.loads(line)
        key = "runner" if "secret_value" in probe["request"] else "admin"
        kind = "text/plain" if probe["probe"] == "text/plain" else "application/json"
        cases.append(post("recorded/apollo " + probe["probe"], probe["request"].encode(), key, kind=kind))
    return cases


def documents():
    return [case for path in sorted((HERE / "documents").glob("*.txt")) for case in read(path)]
