"""`prefect agent local start` of the real release, with `prefect-secrets serve --upstream` as its only API.

agent and flow runs -> tee -> prefect-secrets -> scripted Prefect Server

The tee has what clients sent and got, the scripted server what it got and answered. No helper prints a value.
"""

import collections
import contextlib
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.request
import uuid

import prefect
import pytest
from server import PrefectServer, Tee

HERE = pathlib.Path(__file__).parent
RELEASE = tuple(int(part) for part in prefect.__version__.split("."))
BIN = os.environ["SUITE_BIN"]
VALUE = {"type": "service_account", "private_key": "CANARY-f3a1-\N{SNOWMAN}", "project_id": 12345678901234567890}
KEY = "PREFECT__CLOUD__API_KEY" if RELEASE >= (0, 15) else "PREFECT__CLOUD__AGENT__AUTH_TOKEN"
OURS = {"auth_info", "secret_value"}  # what an agent and a flow run ask of them
DROPPED = {"authorization", "connection", "host"}
Stage = collections.namedtuple("Stage", "upstream tee ready got home log")


def wait(what, until, seconds=120):
    """Returns what `until` gives once it gives anything."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if until():
            return until()
        time.sleep(0.05)
    pytest.fail("%s did not come about in %d s" % (what, seconds), pytrace=False)


def flow_row():
    """The flow as Prefect Server keeps it once it is registered: a script in local storage, for any agent."""
    from prefect.run_configs import UniversalRun
    from prefect.storage import Local

    path = str(HERE / "flow.py")
    storage = Local(stored_as_script=True, path=path, add_default_labels=False, secrets=["GCP_CREDENTIALS"])
    storage.flows["reads a secret"] = path
    return {
        "id": "4c6c0ad2-4f7c-4a86-8a53-7b1c53bd8a11", "name": "reads a secret", "environment": None, "version": 1,
        "core_version": prefect.__version__, "storage": storage.serialize(), "run_config": UniversalRun().serialize(),
        "project": {"name": "suite", "id": "0a0f7a52-0f2f-4a3c-8f4f-0c8f6a3b1d11"}, "settings": {"heartbeat_enabled": True},
    }


@contextlib.contextmanager
def process(log, arguments, environment):
    """A process with its output in a file; it gets SIGTERM at the end, and SIGKILL where that does not do."""
    with open(log, "ab") as out:
        running = subprocess.Popen(arguments, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield running
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(30)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def agent(stage, key):
    """The agent with that key. Its runs are children of it and inherit its environment."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(stage.home), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore",
        "PREFECT__BACKEND": "cloud", "PREFECT__CLOUD__API": stage.tee.url, KEY: key,
        "PREFECT__HOME_DIR": str(stage.home / ".prefect"), "SUITE_GOT": str(stage.got),
    }
    arguments = [sys.executable, "-m", "prefect", "agent", "local", "start", "--no-hostname-label", "--show-flow-logs"]
    return process(stage.log, arguments, environment)


@pytest.fixture
def stage(tmp_path):
    """The scripted server, the command in front of it with one secret, and the tee in front of that."""
    upstream = PrefectServer(flow_row())
    ready = tmp_path / "ready.json"
    arguments = [BIN, "serve", "--dev", "--listen", "127.0.0.1:0", "--ready-file", str(ready), "--upstream", upstream.url]
    for name in ("got", "home"):
        (tmp_path / name).mkdir()
    with process(tmp_path / "serve.log", arguments, {"HOME": str(tmp_path)}):
        wait("the ready file", ready.exists, 60)
        keys = json.loads(ready.read_text())
        seed = json.dumps({"secrets": {"GCP_CREDENTIALS": VALUE}}).encode()
        order = urllib.request.Request(keys["url"] + "/_testkit/seed", seed, {"Authorization": "Bearer " + keys["admin_key"]})
        urllib.request.urlopen(order).close()
        yield Stage(upstream, Tee(keys["url"]), keys, tmp_path / "got", tmp_path / "home", tmp_path / "agent.log")
    check_quiet([tmp_path / "serve.log", tmp_path / "agent.log"], keys)


def check_quiet(logs, keys):
    for log in logs:
        text = log.read_text() if log.exists() else ""
        # serve --dev refers to the ready file for its keys.
        for word in (VALUE["private_key"], json.dumps(VALUE["private_key"])[1:-1], keys["runner_key"], keys["admin_key"]):
            if word in text:
                pytest.fail("%s holds a value or a key" % log.name, pytrace=False)


def run_flow(stage, parameters):
    """Schedules a run and waits for its end; the types of its states and the messages of its tasks'."""
    run = str(uuid.uuid4())
    stage.upstream.schedule(run, parameters)
    ends = {"Success", "Failed"}
    with agent(stage, stage.ready["runner_key"]):
        wait("the end of the flow run", lambda: stage.upstream.states(run)[-1] in ends)
        # The run's own process writes its logs after its last state.
        wait("the last log", lambda: any("Flow run" in log["message"] for log in stage.upstream.logs))
    return stage.upstream.states(run)


def digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def check_wire(stage):
    """What is not ours arrived byte for byte, both ways, and nothing else did.

    A flow run's heart may beat for a moment after the agent, so what is under way is waited for.
    """
    end = time.monotonic() + 30
    while changed(stage) and time.monotonic() < end:
        time.sleep(0.1)
    assert changed(stage) == []
    check_upstream(stage)


def changed(stage):
    """The fields of exchanges that one end saw and the other did not: request, headers and answer."""
    ends = []
    for recorder in (stage.tee, stage.upstream):
        with recorder.lock:
            seen = [it for it in recorder.seen if it.field not in OURS and it.status != 502]
        ends.append(collections.Counter((it.field, it.request, kept(it.headers), it.answer) for it in seen))
    return sorted({it[0] for it in (ends[0] - ends[1]) + (ends[1] - ends[0])})


def kept(headers):
    return frozenset((name.lower(), value) for name, value in headers.items() if name.lower() not in DROPPED)


def check_upstream(stage):
    """The upstream saw no key, no value, and no field of the secrets API. (A log's traceback may quote a field.)"""
    for seen in stage.upstream.seen:
        assert "authorization" not in {name.lower() for name in seen.headers}
        for word in (stage.ready["runner_key"], stage.ready["admin_key"], "CANARY"):
            assert word not in seen.request.decode() + json.dumps(seen.headers), seen.field
        for word in OURS:
            assert word not in json.loads(seen.request)["query"], seen.field


def test_a_flow_run_gets_its_secret(stage):
    lost = 1 if RELEASE >= (1, 2, 2) else 0  # before, clients ask again over https alone
    stage.upstream.drop["hello"] = lost
    states = run_flow(stage, {})
    assert states == ["Scheduled", "Submitted", "Running", "Success"]
    got = {path.name: path.read_text() for path in stage.got.iterdir()}
    assert got == {"Secret": digest(VALUE), "PrefectSecret": digest(VALUE)}
    assert {seen.field for seen in stage.tee.seen} >= OURS
    assert stage.upstream.dropped == lost and [seen.field for seen in stage.tee.seen if seen.status == 502] == ["hello"] * lost
    assert all(seen.status in (200, 502) for seen in stage.tee.seen)
    check_wire(stage)
    print("\nfields the upstream answered:", *sorted({seen.field for seen in stage.upstream.seen}))


def test_without_the_secret_the_run_fails_in_prefects_words(stage):
    states = run_flow(stage, {"name": "NOBODY_EVER_SET_THIS"})
    assert states[-1] == "Failed"
    messages = [state["message"] for task in stage.upstream.tasks.values() for state in task if state["type"] == "Failed"]
    words = "The secret NOBODY_EVER_SET_THIS was not found.  Please ensure that it was set correctly in your tenant"
    assert len(messages) == 1 and words in messages[0]
    assert [path.name for path in stage.got.iterdir()] == ["PrefectSecret"]
    check_wire(stage)


def test_with_a_wrong_key_the_agent_is_refused(stage):
    stage.upstream.schedule(str(uuid.uuid4()), {})
    with agent(stage, "nobodys-key") as running:
        assert running.wait(60) != 0
    assert "AuthorizationError" in stage.log.read_text() and "UNAUTHENTICATED" in stage.log.read_text()
    assert stage.tee.seen and not stage.upstream.seen


def test_a_writers_key_reads_nothing(stage):
    """Before 0.15 an agent with an admin key does not start; from then on it starts a run, whose task is refused the value."""
    run = str(uuid.uuid4())
    stage.upstream.schedule(run, {})
    with agent(stage, stage.ready["admin_key"]) as running:
        if RELEASE < (0, 15):
            assert running.wait(60) != 0
            assert "Provided token does not have a RUNNER scope." in stage.log.read_text()
            assert not stage.upstream.seen
            return
        wait("the end of the flow run", lambda: stage.upstream.states(run)[-1] in {"Success", "Failed"})
    assert stage.upstream.states(run)[-1] == "Failed" and not list(stage.got.iterdir())
    check_upstream(stage)
