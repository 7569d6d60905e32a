"""The values that are easily lost or changed on the way to a flow, and what a flow is to get for each."""

import json

MARK = "c4n4ry"  # in every value that can have it, so that output can be searched for it
DIGITS = "918273645"  # in those that cannot
MASK = "********"  # what the API shows for a value; it ignores a write of it
REFUSED = "refused"

TEXTS = {
    "plain": MARK,
    "digits": DIGITS,
    "quoted-digits": '"%s"' % DIGITS,
    "spaced-digits": " %s " % DIGITS,
    "padded-digits": "00" + DIGITS,
    "bom-digits": "\ufeff" + DIGITS,
    "thousands": DIGITS * 556,  # more than the 4,300 digits that int() reads
    "null": "null",
    "true": "true",
    "nan": "NaN",
    "infinity": "Infinity",
    "minus-infinity": "-Infinity",
    "exponent": "1e5",
    "overflow": "1e999",
    "decimal": "1.50",
    "minus-zero": "-0",
    "object": '{"user": "u", "password": "%s", "n": 1.0, "deep": {"a": [null, true]}}' % MARK,
    "object-twice": '{"a": "%s1", "a": "%s2"}' % (MARK, MARK),
    "object-of-mask": '{"value": "%s"}' % MASK,
    "object-empty": "{}",
    "list": '["%s", 1, 1.0, 1e2]' % MARK,
    "list-of-nan": "[NaN]",
    "python": "{'a': '%s'}" % MARK,
    "nested": "[" * 400 + "]" * 400,
    "deep": "[" * 2000 + "]" * 2000,
    "brackets": "[" * 2000,
    "unicode": MARK + " Gr\u00fc\u00dfe \u65e5\u672c\u8a9e \U0001f511 \u2028\u200b",
    "nul": MARK + "\0end",
    "surrogate": MARK + "\ud800",
    "escaped-surrogate": '"%s\\ud800"' % MARK,
    "object-of-surrogate": '{"%s": "\\ud800"}' % MARK,
    "mebibyte": MARK + "x" * 2**20,
    "quoted-empty": '""',
    "spaces": "  %s  " % MARK,
    "lines": MARK + "\r\nline\n",
    "mask": MASK,
    "quoted-mask": '"%s"' % MASK,
    "longer-mask": MASK + "*",
    "backslashes": "\\\\%s\\new" % MARK,
    "quotes": "%s \"double\" 'single'" % MARK,
}
FORMATS = ("auto", "string", "json", "raw")

# Values that are not strings in a secrets file, under the default format.
TYPED = {
    "typed-int": int(DIGITS), "typed-true": True, "typed-float": 1.5, "typed-list": [MARK, None], "typed-object": {"a": {"b": MARK}},
    "typed-big": int(DIGITS * 4), "typed-object-empty": {},
}


def parsed(text):
    """What get() of Prefect 3 makes of a stored string."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
    except (RecursionError, ValueError):
        return REFUSED


def strictly(text):
    """The value of a JSON document; REFUSED where there is none that a flow can get."""
    def refuse(_):
        raise ValueError
    try:
        value = json.loads(text, parse_constant=refuse)
    except (RecursionError, ValueError):
        return REFUSED
    return REFUSED if value is None else value


def wanted(reader, form, text):
    """What a flow gets, or REFUSED."""
    if "\ud800" in text:
        return REFUSED  # there is no UTF-8 of it
    if form == "json" and strictly(text) == REFUSED:
        return REFUSED
    if form == "json" and reader == "2":
        value = strictly(text)  # get() gives strings alone
        return value if isinstance(value, str) and value != MASK and "\ud800" not in value else REFUSED
    if reader == "2":
        return REFUSED if text == MASK else text
    if form == "json":
        return strictly(text)
    if form == "raw":
        return REFUSED if text == MASK else parsed(text)
    return parsed(text) if form == "auto" and isinstance(parsed(text), (dict, list)) else text


def cases(reader):
    """By name: the format, the value in the secrets file, and what a flow is to get."""
    found = {"%s-%s" % (form, name): (form, text, wanted(reader, form, text)) for name, text in TEXTS.items() for form in FORMATS}
    for name, value in TYPED.items():
        found[name] = ("auto", value, value if reader == "3" else json.dumps(value, separators=(",", ":")))
    return found
