"""Requests that are not one document in a JSON object sent with POST: other forms, methods, paths and headers."""

import hashlib
import json
from urllib.parse import urlencode

from corpus import post

NAMES = "{secret_names}"
SET = 'mutation { set_secret(input: {name: "N", value: 1}) { success } }'
VALUE = "query($n: String!) { secret_value(name: $n) }"


def get(name, parameters=None, method="GET", path="/", headers=(), key="admin"):
    query = "?" + urlencode(parameters) if parameters else ""
    case = post(f"wire/{name}", None, key, path + query, headers, method, kind=None)
    return case


def text(name, body, **options):
    body = body if isinstance(body, bytes) else body.encode()
    return post(f"wire/{name}", body, **options)


def objects(name, value, **options):
    return text(name, json.dumps(value), **options)


def persisted(query, version=1, digest=None):
    digest = digest or hashlib.sha256(query.encode()).hexdigest()
    return {"persistedQuery": {"version": version, "sha256Hash": digest}}


def methods():
    yield get("GET a query", {"query": NAMES})
    yield get("GET a query with variables", {"query": VALUE, "variables": '{"n": "ALPHA"}'}, key="runner")
    yield get("GET a query with variables that are no JSON", {"query": VALUE, "variables": "{"}, key="runner")
    yield get("GET with operationName", {"query": "query A { secret_names } query B { secretNames }", "operationName": "B"})
    yield get("GET a mutation", {"query": SET})
    yield get("GET a mutation among others", {"query": "query A { secret_names } " + SET.replace("mutation", "mutation B"), "operationName": "B"})
    yield get("GET the query among others", {"query": "query A { secret_names } " + SET.replace("mutation", "mutation B"), "operationName": "A"})
    yield get("GET nothing")
    yield get("GET without a query", {"variables": "{}"})
    yield get("GET an empty query", {"query": ""})
    yield get("GET a mistake", {"query": "{nothing}"})
    yield get("GET a syntax error", {"query": "{"})
    yield get("GET as a browser does", {"query": NAMES}, headers=[("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")])
    yield get("GET nothing, as a browser does", headers=[("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")])
    yield get("GET an extension that is no JSON", {"query": NAMES, "extensions": "{"})
    yield get("GET no operation of that name", {"query": NAMES, "operationName": "A"})
    for method in ("PUT", "PATCH", "DELETE"):
        yield post(f"wire/{method}", json.dumps({"query": NAMES}).encode(), method=method)
    yield get("HEAD", {"query": NAMES}, method="HEAD")
    yield get("OPTIONS", method="OPTIONS")
    preflight = [("Origin", "https://ui.example.com"), ("Access-Control-Request-Method", "POST")]
    yield get("OPTIONS before a request from another origin", method="OPTIONS", headers=preflight)
    yield objects("POST with a query in the URL", {"variables": {}}, path="/?" + urlencode({"query": NAMES}))
    yield objects("POST with another query in the URL", {"query": NAMES}, path="/?" + urlencode({"query": SET}))


def paths():
    for path in ("/graphql", "/graphql/", "/graphql/alpha", "/graphql/alpha/", "//", "/?x=1"):
        yield objects(f"path {path}", {"query": NAMES}, path=path)


def variables():
    for name, value in {
        "an empty text": "", "the text null": "null", "a text with blanks": " {} ", "no JSON": "{", "a bare NaN": '{"n": NaN}',
        "a text of a text": '"x"', "a text of a list": "[]", "a text of a number": "5", "a list": [], "a list of one": [{"n": "ALPHA"}],
        "a number": 5, "zero": 0, "true": True, "false": False, "null": None, "an empty object": {},
    }.items():
        yield objects(f"variables: {name}", {"query": NAMES, "variables": value})
        yield objects(f"variables that are needed: {name}", {"query": VALUE, "variables": value}, key="runner")


def bodies():
    yield text("body: empty", "")
    yield text("body: blanks", "  ")
    yield text("body: null", "null")
    yield text("body: a number", "5")
    yield text("body: a text", json.dumps(NAMES))
    yield text("body: an empty object", "{}")
    yield text("body: no JSON", "query{secret_names}")
    yield text("body: JSON that breaks off", '{"query": "{secret_na')
    yield text("body: something after it", '{"query": "{secret_names}"} x')
    yield text("body: a bare NaN", '{"query": "{secret_names}", "variables": NaN}')
    yield text("body: a byte order mark", b"\xef\xbb\xbf" + json.dumps({"query": NAMES}).encode())
    yield text("body: bytes that are no UTF-8", b'{"query": "{secret_names} # \xff"}')
    yield text("body: members twice", '{"query": "{nothing}", "query": "{secret_names}"}')
    yield text("body: members in another case", '{"Query": "{secret_names}"}')
    yield text("body: members in both cases", '{"query": "{secret_names}", "QUERY": "{nothing}", "Variables": 5}')
    yield objects("body: further members", {"query": NAMES, "id": 7, "extra": {"a": [1]}})
    yield objects("body: blanks around a byte order mark in the document", {"query": "\ufeff{secret_names}"})
    yield objects("body: a carriage return in the document", {"query": "{\r secret_names\r\n}"})
    yield objects("body: NUL in the document", {"query": "{secret_names\0}"})
    yield objects("body: a lone surrogate in the document", {"query": "{secret_names # \ud800\n}"})
    yield objects("body: five megabytes and more", {"query": NAMES, "x": "a" * (5 << 20)})
    yield objects("body: four megabytes", {"query": NAMES, "x": "a" * (4 << 20)})
    for name, value in {"null": None, "a number": 5, "a list": [NAMES], "an object": {"a": 1}, "a document": {"kind": "Document"}, "false": False, "zero": 0}.items():
        yield objects(f"query: {name}", {"query": value})
    for name, value in {"null": None, "a number": 5, "a list": ["A"], "an object": {}, "false": False}.items():
        yield objects(f"operationName: {name}", {"query": "query A { secret_names }", "operationName": value})
    for name, value in {"null": None, "an empty object": {}, "no JSON": "{", "an empty text": "", "a number": 5, "a text of an object": "{}", "a list": [1]}.items():
        yield objects(f"extensions: {name}", {"query": NAMES, "extensions": value})


def kinds():
    for kind in (
        "application/json; charset=utf-8", "application/json;charset=UTF-8", "APPLICATION/JSON", "application/json; charset=latin1",
        "application/json; charset=utf-16", "application/graphql", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
        "application/vnd.api+json", "application/json; x", "json", "text/json", "",
    ):
        yield objects(f"content type {kind or 'empty'}", {"query": NAMES}, kind=kind)
    yield objects("content type absent", {"query": NAMES}, kind=None)
    for accept in ("application/json", "text/html", "*/*", "application/graphql-response+json", "image/png"):
        yield objects(f"accept {accept}", {"query": NAMES}, headers=[("Accept", accept)])
    yield objects("content encoding deflate that is none", {"query": NAMES}, headers=[("Content-Encoding", "deflate")])
    yield objects("content encoding unknown", {"query": NAMES}, headers=[("Content-Encoding", "zip")])


def batches():
    one, bad, wrong = {"query": NAMES}, {"query": "{nothing}"}, {"query": "{"}
    yield objects("batch: empty", [])
    yield objects("batch: one", [one])
    yield objects("batch: two", [one, {"query": "{auth_info {tenant_id}}"}])
    yield objects("batch: 25, as the UI sends them", [one, {"query": "{auth_info {tenant_id}}"}, bad, {"query": VALUE, "variables": {"n": "A"}}, one] * 5)
    yield objects("batch: a mistake in it", [one, bad, one])
    yield objects("batch: mistakes alone", [bad, wrong])
    yield objects("batch: a resolver's error in it", [one, {"query": VALUE, "variables": {"n": "NOBODY"}}], key="runner")
    yield objects("batch: no query in it", [one, {}])
    yield objects("batch: an empty query in it", [one, {"query": ""}])
    yield objects("batch: a number for a query in it", [one, {"query": 5}])
    yield objects("batch: variables that are no JSON in it", [one, {"query": NAMES, "variables": "{"}])
    yield objects("batch: texts", ["{secret_names}", "{secret_names}"])
    yield objects("batch: null", [None])
    yield objects("batch: numbers", [1, 2])
    yield objects("batch: batches", [[one]])
    yield objects("batch: mutations", [{"query": SET}, {"query": SET.replace('"N"', '"M"')}])
    yield objects("batch: a mutation that is forbidden", [{"query": SET}, one], key="runner")
    yield objects("batch: variables missing in it", [{"query": VALUE}, one], key="runner")
    yield objects("batch: no operation of that name in it", [{"query": NAMES, "operationName": "A"}, one])


def queries_kept():
    yield objects("persisted query: unknown", {"extensions": persisted("{auth_info {tenant_id}}")})
    yield objects("persisted query: brought along", {"query": NAMES, "extensions": persisted(NAMES)})
    yield objects("persisted query: another digest", {"query": NAMES, "extensions": persisted(NAMES, digest="00")})
    yield objects("persisted query: another version", {"query": NAMES, "extensions": persisted(NAMES, version=2)})
    yield objects("persisted query: unknown, in a batch", [{"extensions": persisted("{tenant {id}}")}])
    yield get("persisted query: unknown, with GET", {"extensions": json.dumps(persisted("{tenant {slug}}"))})


def keys():
    yield objects("key: none", {"query": NAMES}, key="none")
    yield objects("key: wrong", {"query": NAMES}, key="wrong")
    yield objects("key: wrong, two fields", {"query": "{secret_names secretNames}"}, key="wrong")
    yield objects("key: wrong, a mistake", {"query": "{nothing}"}, key="wrong")
    yield objects("key: wrong, a syntax error", {"query": "{"}, key="wrong")
    yield objects("key: wrong, no query", {}, key="wrong")
    yield objects("key: wrong, introspection", {"query": "{__schema {queryType {name}}}"}, key="wrong")
    yield objects("key: wrong, a field that must not be null", {"query": "{secrets_api {version}}"}, key="wrong")
    yield objects("key: wrong, a batch", [{"query": NAMES}], key="wrong")
    yield objects("key: another scheme", {"query": NAMES}, key="none", headers=[("Authorization", "Basic abc")])
    yield objects("tenant: unknown", {"query": NAMES}, headers=[("X-PREFECT-TENANT-ID", "00000000-0000-4000-8000-000000000000")])


def cases():
    groups = (methods, paths, variables, bodies, kinds, batches, queries_kept, keys)
    return [case for group in groups for case in group()]
