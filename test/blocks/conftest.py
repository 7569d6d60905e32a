import concurrent.futures
import json
import os
import pathlib
import re
import subprocess

import pytest
import servers
import values

BIN = os.environ["SUITE_BIN"]


class Done:
    """A command that ended. What it wrote has no value of a secret."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err
        self.all = out + err

    def json(self):
        return json.loads(self.out)


def check_quiet(what, text, *more):
    """Fails where text has a value, without quoting it."""
    for mark in (values.MARK, values.DIGITS, *more):
        if mark in text:
            pytest.fail("%s has a value (%s…)" % (what, mark[:3]), pytrace=False)


class Command:
    """The built command, in a directory of its own."""

    def __init__(self, directory):
        self.dir = directory

    def write(self, name, text):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # A lone surrogate is written as JSON's escape.
        path.write_text(text if isinstance(text, str) else json.dumps(text))
        return path

    def run(self, *arguments, env=None, stdin="", quiet=True):
        clean = {"PATH": os.environ["PATH"], "HOME": str(self.dir), **(env or {})}
        done = subprocess.run(
            [BIN, *map(str, arguments)], cwd=self.dir, env=clean, input=stdin.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        result = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
        if quiet:
            check_quiet("the output of %s" % " ".join(map(str, arguments)), result.all, servers.AUTH, "a password")
        return result

    def ok(self, *arguments, **more):
        done = self.run(*arguments, **more)
        assert done.code == 0, "exit code %d of %s\n%s" % (done.code, arguments, done.all)
        return done

    def action(self, env=None, **inputs):
        """`prefect-secrets action` as its container starts it on a push, with its outputs and its summary."""
        files = {name: self.dir / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in files.values():
            path.write_text("")
        more = {"INPUT_" + name.upper().replace("_", "-"): value for name, value in inputs.items()}
        env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", **{n: str(p) for n, p in files.items()}, **more, **(env or {})}
        done = self.run("action", env=env, quiet=False)
        shown = "\n".join(line for line in done.all.splitlines() if not line.startswith("::add-mask::"))
        done.shown, done.summary = shown, files["GITHUB_STEP_SUMMARY"].read_text()
        done.outputs = dict(re.findall(r"^([a-z-]+)<<(?:.*)\n(.*)\n", files["GITHUB_OUTPUT"].read_text(), re.M))
        check_quiet("the Action", shown + done.summary + files["GITHUB_OUTPUT"].read_text(), "a password")
        return done


@pytest.fixture
def command(tmp_path):
    return Command(tmp_path)


SETTINGS = {
    "3": {"PREFECT_SERVER_API_AUTH_STRING": servers.AUTH},
    "2": {},
    "3-csrf": {"PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true"},
    "3-bare": {"PREFECT_API_BLOCKS_REGISTER_ON_START": "false"},
}


class Started(dict):
    """The servers by name. One that a test asks for first starts then."""

    def __missing__(self, name):
        self[name] = servers.Server(name, name[0], **SETTINGS[name])
        return self[name]


@pytest.fixture(scope="session")
def started(request):
    """The servers. Where every test runs they start together, since each waits for itself most of the time."""
    found = Started()
    if not request.config.option.keyword:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(servers.empty_database, "23"))
        for name in SETTINGS:
            found[name]
    try:
        yield found
    finally:
        for server in found.values():
            server.stop()


@pytest.fixture(params=["3", "2"])
def server(started, request):
    """A server of each version, without a Secret block."""
    return started[request.param].wait().clear()


@pytest.fixture
def server3(started):
    return started["3"].wait().clear()


@pytest.fixture
def recorder(server):
    found = servers.Recorder(server)
    yield found
    found.close()


def manifest(url, reader, names="", more=""):
    """One with an environment for each kind of store."""
    return (
        'include = []\n[names]\n%s\n[environments.prefect1]\napi-url = "http://127.0.0.1:1"\n'
        '[environments.prefect3]\nstore = "blocks"\nreader = "%s"\napi-url = "%s"\n%s\n' % (names, reader, url, more))


def key(server):
    return {"PREFECT_API_AUTH_STRING": server.auth} if server.auth else {}
