"""Every value in every format is what Prefect's own client reads afterwards, or it was refused by name."""

import json
import math
import re

import pytest
import servers
import values
from conftest import check_quiet, key, manifest

NAMED = re.compile(r'"([a-z-]+)"')


def same(got, want):
    """Whether a repr() is that of the value, with the types of its parts."""
    return got == repr(want) or (isinstance(want, float) and math.isnan(want) and got == "nan")


def write_inputs(command, server, url, cases):
    rows = ['"%s" = { from = "%s", format = "%s" }' % (name, name, form) for name, (form, _, _) in cases.items()]
    command.write("prefect-secrets.toml", manifest(url, server.major, "\n".join(rows)))
    command.write("secrets.json", {name: value for name, (_, value, _) in cases.items()})


ARGUMENTS = ("--environment", "prefect3", "--secrets-file", "secrets.json")


def refusals(command, server, url, cases):
    """Plans until nothing is refused any more; the names that were, with the messages."""
    refused = {}
    while True:
        write_inputs(command, server, url, {n: c for n, c in cases.items() if n not in refused})
        plan = command.run("plan", *ARGUMENTS, env=key(server))
        if plan.code == 0:
            return refused, plan
        named = {name: line for line in plan.err.splitlines() for name in NAMED.findall(line) if name in cases}
        assert plan.code == 2 and named, "exit code %d\n%s" % (plan.code, plan.all)
        refused.update(named)


def promised_types(plan):
    """What the plan says that a flow gets, by name."""
    names = {"string": "str", "dict": "dict", "list": "list", "number": "int float", "boolean": "bool"}
    for action in plan.json()["actions"]:
        said = re.search(r"a flow gets (?:it as )?an? ([a-z]+)|sent as a (string)", action.get("reason", ""))
        if said:
            yield action["name"], names[said.group(1) or said.group(2)].split()


def test_values(server, recorder, command):
    cases = values.cases(server.major)
    refused, plan = refusals(command, server, recorder.url, cases)
    want_refused = {name for name, (_, _, want) in cases.items() if want is values.REFUSED}
    assert set(refused) == want_refused, "refused and need not be: %s\nnot refused: %s" % (
        sorted(set(refused) - want_refused), sorted(want_refused - set(refused)))
    assert not recorder.writes(), "a plan wrote"
    assert not recorder.values_asked(), "a plan of new names asked for values"

    sent = {name: case for name, case in cases.items() if name not in refused}
    plan = command.ok("plan", *ARGUMENTS, "--format", "json", env=key(server))
    sync = command.ok("sync", *ARGUMENTS, "--format", "json", env=key(server)).json()
    assert sync["summary"]["created"] == len(sent)
    assert sync["tenants"][0]["verified"]["values"] == len(sent)

    got = server.read(sent)
    wrong = [name for name, (_, _, want) in sent.items() if not same(got[name], want)]
    assert not wrong, "a flow gets something else: %s" % wrong
    promised = list(promised_types(plan))
    assert len(promised) > 5
    for name, types in promised:
        want = cases[name][2]
        assert type(want).__name__ in types, "the plan promised %s of %s" % (types, name)

    # Nobody who may list blocks sees a value, not even of an object.
    rows = server.documents()
    assert set(rows) == set(sent)
    shown = [name for name, row in rows.items() if row["data"] != {"value": values.MASK}]
    assert not shown, "the API shows %s" % shown
    one = server.ask("GET", "/block_types/slug/secret/block_documents/name/auto-object")[1]
    check_quiet("the API", json.dumps(rows) + one)

    # The second time nothing is sent, and the plan knows it.
    recorder.requests.clear()
    plan = command.ok("plan", *ARGUMENTS, "--format", "json", "--detailed-exitcode", env=key(server)).json()
    assert plan["summary"].get("unchanged") == len(sent), plan["summary"]
    again = command.ok("sync", *ARGUMENTS, "--format", "json", env=key(server)).json()
    assert again["summary"].get("unchanged") == len(sent), again["summary"]
    assert not recorder.writes()
    assert set(recorder.values_asked()) <= set(sent)
    assert {n: r["updated"] for n, r in server.documents().items()} == {n: r["updated"] for n, r in rows.items()}
    command.ok("names", "--environment", "prefect3", env=key(server))


def test_only_what_changed_is_written(server, recorder, command):
    names = ["a", "b", "c"]
    command.write("prefect-secrets.toml", manifest(recorder.url, server.major, "\n".join('%s = "%s"' % (n, n) for n in names)))
    command.write("secrets.json", {n: values.MARK + n for n in names})
    command.ok("sync", *ARGUMENTS, env=key(server))
    # Somebody else stores an object, which the API shows, and another string. A flow would get the same for the first.
    server.run("from prefect.blocks.system import Secret; Secret(value='other').save('b', overwrite=True)")
    recorder.requests.clear()
    plan = command.ok("plan", *ARGUMENTS, "--format", "json", env=key(server)).json()
    assert {a["name"]: a["action"] for a in plan["actions"]} == {"a": "unchanged", "b": "overwrite", "c": "unchanged"}
    sync = command.ok("sync", *ARGUMENTS, "--format", "json", env=key(server)).json()
    assert sync["summary"]["overwritten"] == 1
    assert len(set(recorder.writes())) == 1, "a name that is unchanged was written"  # one write, or that again after a 503
    assert server.read(names) == {n: repr(values.MARK + n) for n in names}


def test_an_object_in_clear_is_hidden_again(server3, command):
    value = {"password": values.MARK}
    body = command.write("value.json", value).read_text()
    server3.run("import json, sys; from prefect.blocks.system import Secret; Secret(value=json.loads(sys.argv[1])).save('db')", body)
    assert values.MARK in json.dumps(server3.documents()), "Prefect hides objects now: say so in the documentation"
    command.write("prefect-secrets.toml", manifest(server3.url, "3", 'db = "DB"'))
    command.write("secrets.json", {"DB": body})
    sync = command.ok("sync", *ARGUMENTS, "--format", "json", env=key(server3)).json()
    assert sync["summary"].get("overwritten") == 1, sync["summary"]
    check_quiet("the API", json.dumps(server3.documents()))
    assert server3.read(["db"]) == {"db": repr(value)}
