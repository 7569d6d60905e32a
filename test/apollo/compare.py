"""What of an answer is compared, and in what two answers differ."""

import decimal
import json
import re

# What no two answers share: made-up keys, by the names of their fields, and times.
VARY = {"accessToken", "access_token", "refreshToken", "refresh_token"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

# Lists of introspection without an order of their own.
UNORDERED = {"types", "directives"}

EXACT = decimal.Context(prec=5000)


class Members(list):
    """A JSON object as its members in order."""


def parse(text):
    """JSON that keeps order and digits."""
    return json.loads(text, object_pairs_hook=Members, parse_int=decimal.Decimal, parse_float=decimal.Decimal)


def render(value):
    """One text for all JSON texts that mean the same in the same order."""
    if isinstance(value, Members):
        return "{" + ",".join(json.dumps(k) + ":" + member(k, v) for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(render, value)) + "]"
    if isinstance(value, decimal.Decimal):
        return str(value.normalize(EXACT))
    if isinstance(value, str) and TIME.fullmatch(value):
        return '"<varies>"'
    return json.dumps(value)


def member(key, value):
    if key in VARY and value is not None:
        return '"<varies>"'
    if key in UNORDERED and isinstance(value, list):
        return "[" + ",".join(sorted(map(render, value))) + "]"
    return render(value)


def error(e):
    """An error's code and path; its text is ours, for it must not quote what the client sent."""
    if not isinstance(e, Members):
        return "a text"
    e = dict(e)
    code = dict(e.get("extensions") or []).get("code", "no code")
    return code + (" at " + render(e["path"]) if "path" in e else "")


def document(body):
    """The parts of the answer to one document."""
    body = dict(body)
    errors = body.get("errors", [])
    return {
        "keys": " ".join(body),
        "data": render(body["data"]) if "data" in body else "none",
        "errors": ", ".join(sorted(map(error, errors if isinstance(errors, list) else [errors]))) or "none",
    }


def parts(answer):
    """All that is compared of an answer, by name."""
    status, kind, allow, body = answer
    out = {"status": str(status), "type": kind, "allow": allow}
    try:
        value = parse(body.decode()) if "json" in kind else None
    except ValueError:
        value = None
    if isinstance(value, Members):
        return {**out, **document(value)}
    if isinstance(value, list):
        for i, one in enumerate(value):
            out.update({f"{name} {i}": part for name, part in document(one).items()})
        return {**out, "documents": str(len(value))}
    return {**out, "body": page(body.decode(errors="replace"))}


def stored(state):
    """The parts of what a server holds: one for each secret."""
    return {f"{tenant}/{json.dumps(name)[1:-1]}": render(value) for tenant, rows in state for name, value in rows}


def page(text):
    """A body that is no JSON; of an HTML page, that it is one."""
    return "a page" if text.startswith("<!DOCTYPE") else text


def difference(ours, apollo):
    """What differs, as a text for each side, or None."""
    names = [name for name in {**ours, **apollo} if ours.get(name) != apollo.get(name)]
    if not names:
        return None
    return tuple("; ".join(f"{n}: {short(side.get(n, 'none'))}" for n in names) for side in (ours, apollo))


def short(text):
    return text if len(text) <= 160 else text[:157] + "…"
