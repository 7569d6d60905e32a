"""Names, pruning, servers that refuse, and what no output shows."""

import concurrent.futures
import json
import os
import subprocess
import threading

import pytest
import servers
import values
from conftest import check_quiet, key, manifest

ARGUMENTS = ("--environment", "prefect3", "--secrets-file", "secrets.json")


def write(command, server, url=None, names="", more="", **secrets):
    command.write("prefect-secrets.toml", manifest(url or server.url, server.major, names, more).replace("include = []", 'include = ["*"]'))
    command.write("secrets.json", secrets)


def test_names_are_folded(server, command):
    write(command, server, DB_PASSWORD=values.MARK, A__B=values.DIGITS, names='"my-name" = "OTHER"', OTHER="x" + values.MARK)
    plan = command.ok("plan", *ARGUMENTS, env=key(server))
    assert "db-password" in plan.out and "DB_PASSWORD" in plan.out, plan.out
    command.ok("sync", *ARGUMENTS, env=key(server))
    want = {"db-password": repr(values.MARK), "a--b": repr(values.DIGITS), "my-name": repr("x" + values.MARK)}
    assert server.read(want) == want
    names = command.ok("names", "--environment", "prefect3", "--format", "json", env=key(server))
    assert all('"%s"' % name in names.out for name in want), names.out


@pytest.mark.parametrize("secrets", [{"A_B": "1", "A.B": "2"}, {"DB": "1", "db": "2"}, {"X_Y": "1", "x-y": "2"}])
def test_two_names_never_become_one(server3, command, secrets):
    write(command, server3, **{name: values.MARK + value for name, value in secrets.items()})
    for mode in ("plan", "sync"):
        done = command.run(mode, *ARGUMENTS, env=key(server3))
        assert done.code == 2 and all(name in done.err for name in secrets), done.all
    assert not server3.documents()


def test_a_name_that_no_block_can_have(server3, command):
    write(command, server3, **{"p\u00e4ss": values.MARK, "GOOD": values.MARK})
    done = command.run("sync", *ARGUMENTS, env=key(server3))
    assert done.code == 2 and "p\u00e4ss" in done.err, done.all
    assert not server3.documents()


def test_prune(server, command):
    write(command, server, TEAM_A=values.MARK, TEAM_B=values.MARK, OTHER=values.MARK)
    command.ok("sync", *ARGUMENTS, env=key(server))
    scope = '[environments.prefect3.prune]\nscope = ["TEAM_*"]\n'
    write(command, server, more=scope, TEAM_A=values.MARK)
    kept = command.run("sync", *ARGUMENTS, env=key(server))
    assert kept.code == 0 and set(server.documents()) == {"team-a", "team-b", "other"}, kept.all
    assert "deployment" in command.ok("plan", *ARGUMENTS, "--prune-unowned", env=key(server)).all
    gone = command.ok("sync", *ARGUMENTS, "--prune-unowned", "--format", "json", env=key(server)).json()
    assert gone["summary"]["deleted"] == 1
    assert set(server.documents()) == {"team-a", "other"}


def test_a_plan_file(server3, command):
    write(command, server3, DB_PASSWORD=values.MARK)
    command.ok("plan", *ARGUMENTS, "--plan-file", "plan.json", env=key(server3))
    check_quiet("the plan file", (command.dir / "plan.json").read_text())
    command.write("secrets.json", {"DB_PASSWORD": values.MARK, "LATER": values.MARK})
    command.ok("sync", *ARGUMENTS, "--plan-file", "plan.json", env=key(server3))
    assert set(server3.documents()) == {"db-password"}, "what was not reviewed was written"


def test_a_server_without_the_block_type(started, command):
    server = started["3-bare"].wait()
    assert not server.has_block_type(), "the server was to have no block type"
    write(command, server, DB_PASSWORD=values.MARK)
    command.ok("plan", *ARGUMENTS)
    command.ok("names", "--environment", "prefect3")
    assert not server.has_block_type(), "a plan installed the block type"
    command.ok("sync", *ARGUMENTS)
    assert server.read(["db-password"]) == {"db-password": repr(values.MARK)}


@pytest.mark.parametrize("name, value", [
    ("PREFECT_API_AUTH_STRING", "ci:wr0ng"), ("PREFECT_SECRETS_API_KEY", "ci:wr0ng"), ("PREFECT_API_KEY", "pnu_wr0ng"),
])
def test_a_server_that_refuses_the_key(server3, command, name, value):
    write(command, server3, DB_PASSWORD=values.MARK)
    for mode in ("plan", "sync"):
        done = command.run(mode, *ARGUMENTS, env={name: value})
        assert done.code == 4, done.all
        check_quiet("the message", done.all, "wr0ng")
    assert not server3.documents()


def test_a_server_that_requires_a_key(server3, command):
    write(command, server3, DB_PASSWORD=values.MARK)
    done = command.run("sync", *ARGUMENTS)
    assert done.code == 2 and "PREFECT_API_AUTH_STRING" in done.err, done.all
    assert not server3.documents()


def test_a_key_of_the_secrets_api_is_not_sent(server3, command):
    recorder = servers.Recorder(server3)
    write(command, server3, recorder.url, DB_PASSWORD=values.MARK)
    done = command.run("sync", *ARGUMENTS, env={"PREFECT_SECRETS_API_KEY": "pfs_" + "0" * 43})
    recorder.close()
    assert done.code != 0 and not recorder.requests, done.all


def test_a_server_that_asks_for_csrf_tokens(started, command):
    server = started["3-csrf"].wait()
    write(command, server, DB_PASSWORD=values.MARK)
    done = command.run("sync", *ARGUMENTS)
    assert done.code not in (0, 3) and "CSRF" in done.err, done.all
    assert not server.ask("GET", "/block_types/slug/secret/block_documents")[1].count('"db-password"')


def test_beside_another_writer(server3, command):
    """SQLite takes one writer at a time; the server answers 503 to the others. Two more never pause."""
    names = {"N_%d" % i: values.MARK for i in range(20)}
    write(command, server3, **names)
    block_type = json.loads(server3.ask("GET", "/block_types/slug/secret")[1])["id"]
    schema = json.loads(server3.ask("POST", "/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [block_type]}}, "limit": 1})[1])[0]["id"]
    stop, answers = threading.Event(), []

    def busy(thread):
        n = 0
        while not stop.is_set():
            n += 1
            body = {"name": "busy-%d-%d" % (thread, n), "data": {"value": "x"}, "block_type_id": block_type, "block_schema_id": schema}
            answers.append(server3.ask("POST", "/block_documents/", body)[0])

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for thread in range(2):
            pool.submit(busy, thread)
        try:
            done = command.run("sync", *ARGUMENTS, "--format", "json", env=key(server3))
        finally:
            stop.set()
    assert done.code == 0, done.all
    assert 503 in answers, "the other writer met no 503, so this test shows nothing"
    stored = server3.documents(secrets=True)
    assert all(stored["n-%d" % i]["data"]["value"] == values.MARK for i in range(20))


def test_the_action(server, command):
    write(command, server, names='"cred-s" = { from = "CREDS", format = "json" }')
    secrets = {"DB_PASSWORD": values.MARK, "CREDS": json.dumps({"token": values.MARK}), "github_token": "ghs_" + values.MARK}
    if server.major == "2":
        write(command, server)
    inputs = {"environment": "prefect3", "api_url": server.url, "secrets": json.dumps(secrets)}
    planned = command.action(mode="plan", **inputs, env=key(server))
    assert planned.code == 0 and not server.documents(), planned.shown
    done = command.action(**inputs, env=key(server))
    assert done.code == 0, done.shown
    assert done.outputs["status"] == "success" and done.outputs["created-count"] == "2", done.outputs
    assert "db-password" in done.summary
    got = server.read(server.documents())
    assert got["db-password"] == repr(values.MARK) and len(got) == 2
    again = command.action(**inputs, env=key(server))
    assert again.outputs["changed"] == "false" and again.outputs["unchanged-count"] == "2", again.outputs


def test_an_untrusted_run_asks_for_no_value(server, recorder, command):
    write(command, server, recorder.url, DB_PASSWORD=values.MARK)
    command.ok("sync", *ARGUMENTS, env=key(server))
    recorder.requests.clear()
    event = command.write("event.json", {"pull_request": {"head": {"repo": {"id": 1, "fork": True}}, "base": {"repo": {"id": 2}}}, "repository": {"id": 2}})
    env = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(event), **key(server)}
    done = command.action(mode="plan", environment="prefect3", api_url=recorder.url, secrets=json.dumps({"DB_PASSWORD": values.MARK}), env=env)
    command.ok("names", "--environment", "prefect3", env=key(server))
    assert done.code == 0 and "fork" in done.shown, done.shown
    assert not recorder.values_asked() and not recorder.writes()


def test_a_server_that_is_away(server3, command):
    url = "http://127.0.0.1:%d/api" % servers.free_port()
    write(command, server3, url, DB_PASSWORD=values.MARK)
    done = command.run("sync", *ARGUMENTS, "--timeout", "3s", env=key(server3))
    assert done.code == 1 and url in done.err, done.all


@pytest.mark.parametrize("name", ["3-bare", "2"])
def test_the_fake_answers_as_a_server(started, name):
    """The Go test that holds the fake of the routes to a real server, which has to be one without a key."""
    server = started[name].wait()
    assert server.ask("POST", "/block_types/install_system_block_types")[0] == 200
    env = {**os.environ, "PREFECT_SECRETS_TEST_BLOCKS_URL": server.url}
    done = subprocess.run(
        [os.environ["SUITE_CONTRACT"], "-test.run", "^TestServersAnswerAlike$", "-test.v"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out = done.stdout.decode()
    assert done.returncode == 0 and "--- PASS: TestServersAnswerAlike/real" in out, out
