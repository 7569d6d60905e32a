"""What Prefect Core's own tests hold its Secret, its tenants and its configuration to, against this store.

The tests of Prefect (tests/client, tests/tasks and tests/utilities) put mocks where the API is. Here they are told in
other words and the store answers; configurations are read by `prefect-secrets config` too.
"""

import json
import os
import subprocess

import prefect
import pytest
from conftest import (
    ERA, HAS_EXISTS, KEYS_AND_TENANTS, MISSING_NAME, PARSES, RELEASE, SERVER, VERSION,
    as_key, check, check_missing, errors, get, raised, set_secret,
)
from prefect.client import Client, Secret
from prefect.utilities.configuration import set_temporary_config
from test_answers import second, switch  # noqa: F401  (a fixture)

NAME = "ALSO_IN_THE_CONTEXT"
HERE, STORED = "of the context", {"of": "the store"}
CONTEXT_WINS = ERA >= (0, 7)  # a local secret is read first, whatever use_local_secrets says


@pytest.fixture(scope="module", autouse=True)
def stored():
    set_secret(NAME, STORED)


def local(**secrets):
    """Local secrets, for the length of a `with`."""
    return prefect.context(secrets=secrets)


def locally():
    return set_temporary_config({"cloud.use_local_secrets": True})


# Secrets


def test_where_a_secret_is_read():
    check("the store alone has it", get(NAME), STORED)
    with local(**{NAME: HERE}):
        check("use_local_secrets=false", get(NAME), HERE if CONTEXT_WINS else STORED)
        with locally():
            check("use_local_secrets=true", get(NAME), HERE)


@pytest.mark.parametrize("value, want", [(42, 42), ({"x": [1]}, {"x": [1]}), ('{"x": 42}', {"x": 42}), ("42", 42), ("a text", "a text"), (None, None)])
def test_a_local_value(value, want):
    with locally(), local(**{NAME: value}):
        check("a local value", get(NAME), want)


@pytest.mark.parametrize("value, want", [({"x": 42}, {"x": 42}), ('{"x": 42}', {"x": 42}), ("1234", 1234), ("a text", "a text")])
def test_a_stored_value(value, want):
    set_secret("SET_BY_CORE", value)
    check("a stored value", get("SET_BY_CORE"), want if PARSES else value)


def test_a_local_secret_that_is_missing():
    with locally():
        check("not found", "not found" in raised(ValueError, Secret(NAME).get), True)
        with local(OTHER=HERE):
            raised(ValueError, Secret(NAME).get)


def test_no_secret_is_read_while_a_flow_is_built():
    text = "Secrets should only be retrieved during a Flow run, not while building a Flow."
    with prefect.Flow("is being built"):
        check("stored", raised(ValueError, Secret(NAME).get), text)
        with locally(), local(**{NAME: HERE}):
            check("local", raised(ValueError, Secret(NAME).get), text)


def test_only_a_flow_is_a_flow():
    with prefect.context(flow="a text under its key"):
        check("stored", get(NAME), STORED)


if HAS_EXISTS:

    def test_where_a_secret_exists():
        with local(ONLY_HERE=HERE):
            check("both", [Secret(name).exists() for name in (NAME, "ONLY_HERE")], [True, True])
            with locally():
                check("local", [Secret(name).exists() for name in (NAME, "ONLY_HERE")], [False, True])


def test_no_key_and_a_setting_that_asks_the_store():
    with as_key(None):
        raised(errors().AuthorizationError, Secret(NAME).get)


if ERA >= (0, 9):

    def run_task(name, **arguments):
        """The state of a flow of one task, which is the secret, and what the task gave."""
        from prefect.tasks import secrets

        kind = getattr(secrets, "PrefectSecret", None) or secrets.Secret  # the name from 0.10 on
        flow = prefect.Flow("a task that is a secret", tasks=[kind(name, **arguments)])
        state = flow.run()
        return state, state.result[next(iter(flow.tasks))].result

    def test_a_task_that_is_a_secret():
        check("stored", run_task(NAME)[1], STORED)
        with locally(), local(**{NAME: HERE}):
            check("local", run_task(NAME)[1], HERE)

    def test_a_task_that_is_a_missing_secret():
        state, error = run_task(MISSING_NAME, max_retries=0, retry_delay=None)
        check("failed", state.is_failed(), True)

        def again():
            raise error

        check_missing(MISSING_NAME, again)


# Tenants


def test_a_tenants_id_is_a_uuid():
    raised(ValueError, lambda: switch(Client(), tenant_id="second"))
    raised(ValueError, lambda: switch(Client()))


def test_a_client_lists_all_tenants_wherever_it_is(second):
    client = Client()
    before = [t["id"] for t in client.get_available_tenants()]
    switch(client, tenant_id=second)
    check("tenants", [t["id"] for t in client.get_available_tenants()], before)


if KEYS_AND_TENANTS:

    @pytest.fixture
    def login(second):
        """A login on disk, with the admin's key, in the second tenant."""
        client = Client(api_key=SERVER["admin_key"], tenant_id=second)
        client.save_auth_to_disk()
        yield second
        client._auth_file.unlink()

    def test_where_the_key_and_the_tenant_come_from(login):
        own = SERVER["tenant_id"]
        with as_key(None):
            check("the login", (Client().api_key == SERVER["admin_key"], Client().tenant_id), (True, login))
            with set_temporary_config({"cloud.tenant_id": own}):
                check("the setting over the login", Client().tenant_id, own)
                check("the argument over the setting", Client(tenant_id=login).tenant_id, login)
        check("the key of the setting over the login", Client().api_key == SERVER["runner_key"], True)
        check("the key of the argument over the setting", Client(api_key=SERVER["admin_key"]).api_key == SERVER["admin_key"], True)

    def test_a_login_is_for_one_server(login):
        with as_key(None):
            check("another server's key", Client(api_server="http://localhost:1").api_key, None)

    def test_a_tenants_id_that_is_not_a_uuid():
        """A client looks at it from 1.0 on; before, the store refuses it."""
        kind = ValueError if VERSION >= (1, 0) else errors().AuthorizationError
        raised(kind, lambda: Client(tenant_id="second").get_available_tenants())
        with set_temporary_config({"cloud.tenant_id": "second"}):
            raised(kind, lambda: Client().get_available_tenants())


if hasattr(Client, "switch_tenant"):

    def test_switching_by_slug_and_id_at_once(second):
        check("only one is allowed", "only one is allowed" in raised(ValueError, lambda: Client().switch_tenant(tenant_slug="second", tenant_id=second)), True)

    def test_a_tenant_that_is_refused_is_an_authorization_error():
        foreign = "00000000-0000-4000-8000-000000000000"
        raised(errors().AuthorizationError, lambda: Client().switch_tenant(tenant_id=foreign))
        raised(errors().AuthorizationError, Client(tenant_id=foreign).get_available_tenants)
        raised(errors().AuthorizationError, lambda: Client(tenant_id=foreign).set_secret(NAME, "overwritten"))
        check(NAME, get(NAME), STORED)


# Configuration

CONFIG = """
debug = false

[place]
host = "a.example"
port = 80
url = "https://${place.host}:${place.port}/x"
copied = "${place.port}"

    [place.deeper]
    list = [1, 2]
    home = "~/x"

[cloud]
use_local_secrets = false

[context.secrets]
PLAIN = "text"
NUMBER = "42"
Mixed_Case = "$SUITE_REFERENCE"
"""
ENVIRONMENT = {
    "PREFECT__PLACE__HOST": "b.example", "PREFECT__PLACE__NEW": "true", "PREFECT__DEBUG": "True", "PREFECT__CONTEXT__SECRETS__FROM_ENVIRONMENT": "7",
    "PREFECT__CONTEXT__SECRETS__PLAIN": "of the environment", "PREFECT__PLACE__DEEPER__LIST": "[3, 4]", "PREFECT__PLACE__TEXT": '"quoted"', "SUITE_REFERENCE": "referred to",
}
SETTINGS = ["debug", "place", "cloud.use_local_secrets", "context.secrets"]


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """What this release makes of CONFIG and ENVIRONMENT, and the file."""
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    for name in [name for name in os.environ if name.startswith("PREFECT__")]:
        monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return prefect.configuration.load_configuration(prefect.configuration.DEFAULT_CONFIG, user_config_path=str(file), env_var_prefix="PREFECT"), file


def test_the_environment_wins_over_the_file(loaded):
    config, _ = loaded
    check("debug", config.debug, True)
    check("place.new", config.place.new, True)
    check("place.port", config.place.port, 80)
    check("PLAIN", config.context.secrets.PLAIN, "of the environment")
    check("FROM_ENVIRONMENT", config.context.secrets.FROM_ENVIRONMENT, 7)
    check("Mixed_Case", config.context.secrets.Mixed_Case, "referred to")


def test_references_are_to_what_won(loaded):
    config, _ = loaded
    check("place.url", config.place.url, "https://b.example:80/x")
    check("place.copied", config.place.copied, 80)


def plain(value, path=()):
    """The settings below a config, by path."""
    if not isinstance(value, dict):
        return {".".join(path): value}
    return {name: found for key, below in value.items() for name, found in plain(below, (*path, key)).items()}


def test_config_reads_the_same(loaded):
    config, file = loaded
    done = subprocess.run(
        [os.environ["SUITE_BIN"], "config", "--file", str(file), "--no-defaults", "--prefect-version", RELEASE, "--format", "json", "--reveal"],
        capture_output=True, text=True, timeout=60, env={"HOME": os.environ["HOME"], **ENVIRONMENT},
    )
    check("exit code", done.returncode, 0)
    ours = {".".join(entry["path"]): entry["value"] for entry in json.loads(done.stdout)["entries"]}
    theirs = plain(config.to_dict())
    check("settings", sorted(ours), sorted(name for name in theirs if any(name == s or name.startswith(s + ".") for s in SETTINGS)))
    for name, value in ours.items():
        check(name, value, theirs[name])


def test_a_temporary_setting_is_temporary():
    before = prefect.config.cloud.use_local_secrets
    with set_temporary_config({"cloud.use_local_secrets": not before, "a.new.setting": 1}):
        check("within", [prefect.config.cloud.use_local_secrets, prefect.config.a.new.setting], [not before, 1])
    check("after", [prefect.config.cloud.use_local_secrets, "a" in prefect.config], [before, False])
