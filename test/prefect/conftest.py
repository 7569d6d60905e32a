"""The real Prefect client against `prefect-secrets serve --dev`: what its tests share.

run.sh has started the server. This file sets Prefect's configuration by environment, as an agent
does for a flow run, before any test module imports Prefect. No helper prints a value: a failed
comparison names the secret only, and an unexpected error gives its type only.
"""

import collections
import collections.abc
import contextlib
import json
import os
import pathlib
import subprocess
from importlib.metadata import version

import pytest
from forks import Server

RELEASE = version("prefect")
VERSION = tuple(int(part) for part in RELEASE.split("."))
ERA = VERSION[:2]

# What differs between the eras of the client.
#   url      the setting with the URL it posts to, and the path that it has by default
#   key      the setting with its key
#   missing  what Secret.get raises for a name that the store does not have, and its text
#   result   where a flow keeps its results
KEYS_AND_TENANTS = ERA >= (0, 15)  # before, a token that login_to_tenant exchanges for another
HAS_EXISTS = ERA >= (0, 9)
PARSES = ERA >= (0, 7)  # before, Secret.get gave the text of a secret of the cloud as it was
if KEYS_AND_TENANTS:
    FACTS = dict(setting="PREFECT__CLOUD__API", path="", key="cloud.api_key")
else:
    FACTS = dict(setting="PREFECT__CLOUD__GRAPHQL", path="/graphql" if ERA >= (0, 12) else "/graphql/alpha", key="cloud.auth_token")
if ERA >= (0, 11):  # from 0.11.3
    FACTS.update(missing="KeyError", missing_text="was not found.  Please ensure that it was set correctly")
else:
    FACTS.update(missing="ClientError", missing_text="No value found for the requested key")
FACTS["result"] = "Result" if ERA >= (0, 11) else "ResultHandler"

if ERA < (0, 14):
    # These flows ask for names that Python 3.10 dropped. Python gets them back; Prefect stays as it is.
    collections.Iterable = collections.abc.Iterable
    collections.Sequence = collections.abc.Sequence

# The fixture of docs/testing sets the keys that Prefect has from 0.15 on.
collect_ignore = [] if KEYS_AND_TENANTS else ["test_fixture.py"]

READY = pathlib.Path(os.environ["SUITE_DIR"]) / "ready.json"
SERVER = json.loads(READY.read_text())
LOG = pathlib.Path(os.environ["SUITE_DIR"]) / "serve.log"
SECRETS = pathlib.Path(os.environ["SUITE_SECRETS"])
SOURCE = json.loads(SECRETS.read_text(encoding="utf-8"))
SYNCED = sorted(name for name, text in SOURCE.items() if text and name != "github_token")
LEFT_OUT = sorted(set(SOURCE) - set(SYNCED))
MISSING_NAME = "NOBODY_EVER_SET_THIS"

os.environ.update(
    {
        "PREFECT__BACKEND": "cloud",
        "PREFECT__HOME_DIR": os.path.join(os.environ["HOME"], ".prefect"),
        "PREFECT__CLOUD__USE_LOCAL_SECRETS": "false",
        "PREFECT__FLOWS__CHECKPOINTING": "true",
        "PREFECT__" + FACTS["key"].upper().replace(".", "__"): SERVER["runner_key"],
        FACTS["setting"]: SERVER["url"] + FACTS["path"],
    }
)


def pytest_report_header(config):
    return f"prefect {RELEASE}, {len(SYNCED)} secrets to sync, {len(LEFT_OUT)} to leave out"


def pytest_terminal_summary(terminalreporter):
    """Tells run.sh how many tests passed."""
    passed = len(terminalreporter.stats.get("passed", []))
    (pathlib.Path(os.environ["SUITE_DIR"]) / "passed").write_text(f"{passed}\n")


def as_key(key):
    """Prefect's configuration with another key, for the length of a `with`."""
    from prefect.utilities.configuration import set_temporary_config

    return set_temporary_config({FACTS["key"]: key})


def errors():
    """The releases' module of ClientError and AuthorizationError."""
    if KEYS_AND_TENANTS:
        from prefect import exceptions
    else:
        from prefect.utilities import exceptions
    return exceptions


def run(*arguments):
    """Our command with the admin key; its output. It fails on any exit code but 0."""
    environment = {"PREFECT_SECRETS_API_KEY": SERVER["admin_key"], "HOME": os.environ["HOME"]}
    done = subprocess.run(
        [os.environ["SUITE_BIN"], *arguments, "--api-url", SERVER["url"]],
        env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60,
    )
    output = done.stdout + done.stderr
    if done.returncode != 0:
        shown = "its output holds a value" if leaks(output) else output
        pytest.fail(f"{arguments[0]} exited {done.returncode}: {shown}", pytrace=False)
    return done.stdout, output


def stored_names():
    """What `prefect-secrets names --format json` says is in the store."""
    document = json.loads(run("names", "--format", "json")[0])
    check("names' format_version", document["format_version"], 1)
    return document["names"]


def parsed(value):
    """What a flow has of a value: where Secret.get does not parse it, the flow does."""
    if not PARSES:
        with contextlib.suppress(ValueError, TypeError):
            return json.loads(value)
    return value


def flow_gets(text):
    """What a flow is to get for a CI secret: JSON objects and arrays parsed, any other text as it is."""

    def refuse(constant):
        raise ValueError(constant)

    try:
        parsed = json.loads(text, parse_constant=refuse)
    except ValueError:
        return text
    return parsed if isinstance(parsed, (dict, list)) else text


def check(name, got, want):
    """Fails, naming only what was compared, unless both are the same JSON, types included."""
    if json.dumps(got, sort_keys=True) != json.dumps(want, sort_keys=True):
        pytest.fail(f"{name}: a {type(got).__name__} that is not the expected {type(want).__name__}", pytrace=False)


def get(name):
    """Secret(name).get(), an error's text kept back."""
    from prefect.client import Secret

    try:
        return Secret(name).get()
    except Exception as error:
        kind = type(error).__name__
    pytest.fail(f"{name}: get raised {kind}", pytrace=False)


def set_secret(name, value):
    """Client().set_secret(name, value) with the admin key, an error's text kept back: 1.4.1 quotes variables in it."""
    from prefect.client import Client

    try:
        with as_key(SERVER["admin_key"]):
            return Client().set_secret(name, value)
    except Exception as error:
        kind = type(error).__name__
    pytest.fail(f"{name}: set_secret raised {kind}", pytrace=False)


def raised(wanted, call):
    """The text of the error that `call` raises, of exactly the type `wanted`; fails on any other and on none."""
    try:
        call()
    except Exception as error:
        if type(error) is wanted:
            return str(error)
        outcome = f"{type(error).__name__} was raised"
    else:
        outcome = "nothing was raised"
    pytest.fail(f"{wanted.__name__} was due, {outcome}", pytrace=False)


def check_missing(name, call):
    """Fails unless `call` raises what this release raises for a secret that the store does not have."""
    wanted = KeyError if FACTS["missing"] == "KeyError" else errors().ClientError
    check(f"{name}: the error's text", FACTS["missing_text"] in raised(wanted, call), True)


def leaks(text):
    """Names of the source whose value, or a line of it, stands in text, raw or JSON-escaped.

    Values under six characters are left out: `true` and `007` stand in many an innocent text.
    """
    found = []
    for name, value in SOURCE.items():
        forms = [line for line in value.splitlines() if len(line) >= 6]
        forms += [json.dumps(line, ensure_ascii=ascii)[1:-1] for line in forms for ascii in (True, False)]
        if any(form in text for form in forms):
            found.append(name)
    return found


@pytest.fixture(scope="session")
def forks():
    """Where tests start Python processes that import Prefect."""
    server = Server()
    yield server
    server.close()


@pytest.fixture(scope="session", autouse=True)
def synced():
    """The output of the one `sync` of the CI secrets that every test reads from."""
    return run("sync", "--secrets-file", str(SECRETS))[1]
