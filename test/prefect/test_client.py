"""Client and Secret as they are: names, values, writing from Python, and what each key is refused."""

import json

import pytest
from conftest import (
    HAS_EXISTS, LEFT_OUT, LOG, MISSING_NAME, PARSES, READY, SERVER, SOURCE, SYNCED,
    as_key, check, check_missing, errors, flow_gets, get, leaks, parsed, raised, run, set_secret, stored_names,
)
from prefect.client import Client, Secret

KEYS = ["admin_key", "runner_key"]

# Each is what Client.set_secret is given and Secret.get is to give back.
ROUND_TRIPS = {
    "an integer": 42,
    "an object": {"a": [1, None]},
    "a text": "text",
    "a big integer": 12345678901234567890123,
    "a fraction": 0.1,
    "a boolean": False,
    "an empty list": [],
    "a non-ASCII text": "Grüße – 日本語 🔑",
    "a text with quotes and lines": 'say "pa$$w\\ord"\n100%\t',
    "a nested number": {"id": 9007199254740993},
}


if HAS_EXISTS:

    @pytest.mark.parametrize("name", SYNCED)
    def test_every_synced_secret_exists(name):
        check(name, Secret(name).exists(), True)

    def test_what_exists_depends_on_the_store():
        check("left out", [name for name in LEFT_OUT + [MISSING_NAME] if Secret(name).exists()], [])
        with as_key(SERVER["admin_key"]):
            check("admin sees the name", Secret("SSH_DEPLOY_KEY").exists(), True)
        with as_key("not-a-key-of-this-server"):
            raised(errors().AuthorizationError, Secret("SSH_DEPLOY_KEY").exists)


@pytest.mark.parametrize("name", SYNCED)
def test_every_value_is_the_source(name):
    check(name, parsed(get(name)), flow_gets(SOURCE[name]))


def test_a_text_that_looks_like_a_number():
    check("LICENSE_NUMBER", get("LICENSE_NUMBER"), SOURCE["LICENSE_NUMBER"] if PARSES else json.dumps(SOURCE["LICENSE_NUMBER"]))


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_left_out_is_not_there(name):
    check_missing(name, Secret(name).get)


def test_fixture_has_what_is_to_be_left_out():
    check("left out", LEFT_OUT, ["HTTPS_PROXY_OVERRIDE", "github_token"])


def test_sync_leaves_the_writing_key_out(tmp_path):
    source = tmp_path / "secrets.json"
    names = ["PREFECT_SECRETS_API_KEY", "KEY_UNDER_ANOTHER_NAME", "BESIDE_THE_KEY"]
    source.write_text(json.dumps(dict(zip(names, [SERVER["admin_key"]] * 2 + ["a neighbour"]))))
    output = run("sync", "--secrets-file", str(source))[1]
    check("names beside the key", [name for name in names if name in stored_names()], names[2:])
    check("the key in the output", SERVER["admin_key"] in output, False)


def test_sync_and_server_print_no_value(synced):
    check("values in sync's output", leaks(synced), [])
    log = LOG.read_text(encoding="utf-8")
    check("values in serve's output", leaks(log), [])
    check("keys in serve's output", [role for role in KEYS if SERVER[role] in log], [])


def test_ready_file_is_for_its_owner_only():
    check("mode", READY.stat().st_mode & 0o777, 0o600)


@pytest.mark.parametrize("name", ROUND_TRIPS)
def test_set_secret_round_trips(name):
    set_secret(name, ROUND_TRIPS[name])
    check(name, get(name), ROUND_TRIPS[name])


def test_set_secret_overwrites_and_names_shows_it():
    check("new before", "set from Python" in stored_names(), False)
    for value in ("first", {"second": True}):
        set_secret("set from Python", value)
        check("set from Python", get("set from Python"), value)
    check("new after", stored_names().count("set from Python"), 1)


def test_missing_secret():
    check_missing(MISSING_NAME, Secret(MISSING_NAME).get)


def test_admin_key_cannot_read_a_value():
    with as_key(SERVER["admin_key"]):
        text = raised(errors().ClientError, Secret("SSH_DEPLOY_KEY").get)
    check("FORBIDDEN in the error", "FORBIDDEN" in text, True)
    check("values in the error", leaks(text), [])


def test_runner_key_cannot_write():
    text = raised(errors().ClientError, lambda: Client().set_secret("SSH_DEPLOY_KEY", "overwritten"))
    check("FORBIDDEN in the error", "FORBIDDEN" in text, True)
    check("SSH_DEPLOY_KEY", get("SSH_DEPLOY_KEY"), SOURCE["SSH_DEPLOY_KEY"])


def test_wrong_key_is_an_authorization_error():
    with as_key("not-a-key-of-this-server"):
        raised(errors().AuthorizationError, Secret("SSH_DEPLOY_KEY").get)
        raised(errors().AuthorizationError, lambda: Client().set_secret("SSH_DEPLOY_KEY", "overwritten"))
    check("SSH_DEPLOY_KEY", get("SSH_DEPLOY_KEY"), SOURCE["SSH_DEPLOY_KEY"])
