"""What the client makes of tenants, and of each answer that is no plain success.

The server is told over /_testkit/ how to fail. Sleeps are shortened by the client's own settings
where it has any (1.2.3 on), and by a time.sleep that only takes notes where it has none. The
releases that a behaviour came with are those of Prefect's change log.
"""

import contextlib
import json
import time
import urllib.request

import pytest
from conftest import (
    KEYS_AND_TENANTS, SERVER, VERSION, as_key, check, errors, get, leaks, raised, set_secret,
)
from prefect.client import Client, Secret
from prefect.utilities.configuration import set_temporary_config

RETRIES_API_ERROR = VERSION >= (0, 12, 0)
FORMATS_400 = VERSION >= (0, 13, 18)
KNOWS_SERVER_BACKEND = VERSION >= (0, 14, 5)
RETRIES_429 = VERSION >= (0, 15, 4)
RETRIES_OVER_HTTP = VERSION >= (1, 2, 2)  # before, urllib3's retries were for https alone
TUNES_429 = VERSION >= (1, 2, 3)
TRIES = 7  # the first, and six more

NAME, VALUE = "FAILS_ON_ORDER", "CANARY-0b5e-of-the-answers"
API_ERROR = {"code": "API_ERROR", "message": "Unable to complete operation. An internal API error occurred."}


def order(method, path, body=None):
    """One order to the fake behind the server, and its answer."""
    request = urllib.request.Request(
        f"{SERVER['url']}/_testkit/{path}", method=method, data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + SERVER["admin_key"], "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def second():
    """The id of a tenant that has one secret of its own, beside the first."""
    return order("POST", "seed", {"tenant": "second", "secrets": {"ONLY_IN_SECOND": VALUE}})["tenant_id"]


@pytest.fixture(scope="module", autouse=True)
def stored():
    order("POST", "seed", {"secrets": {NAME: VALUE}})


@contextlib.contextmanager
def failing(fault, times=0):
    """The server fails calls about NAME, all or the first so many; gives a function that counts them."""
    order("POST", "faults", {"match": {"secret": NAME, "times": times}, "fault": fault})
    try:
        yield lambda: order("GET", "faults")["faults"][0]["fired"]
    finally:
        order("DELETE", "faults")


@pytest.fixture
def naps(monkeypatch):
    """The seconds that the client wanted to sleep."""
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


def names(client):
    field = "secretNames" if VERSION < (0, 10) else "secret_names"
    return client.graphql("query{%s}" % field)["data"][field]


def value(client, name):
    field = "secretValue" if VERSION < (0, 10) else "secret_value"
    query = "query($name: String!) { %s(name: $name) }" % field
    return client.graphql(query, variables={"name": name})["data"][field]


def switch(client, **tenant):
    return client.switch_tenant(**tenant) if hasattr(client, "switch_tenant") else client.login_to_tenant(**tenant)


def test_names_are_sorted_by_their_bytes():
    found = list(names(Client()))
    check("more than one", len(found) > 1, True)
    check("order", found, sorted(found, key=str.encode))


# Tenants


def test_tenants_are_listed_by_slug(second):
    with as_key(SERVER["admin_key"]):
        found = Client().get_available_tenants()
    check("slugs", [t["slug"] for t in found], sorted(t["slug"] for t in found))
    check("ids", sorted(t["id"] for t in found), sorted([SERVER["tenant_id"], second]))


@pytest.mark.parametrize("by", ["slug", "id"])
def test_switching_to_a_tenant_changes_what_is_read(second, by):
    client = Client()
    check("before", "ONLY_IN_SECOND" in names(client), False)
    switch(client, **({"tenant_slug": "second"} if by == "slug" else {"tenant_id": second}))
    check("names", list(names(client)), ["ONLY_IN_SECOND"])
    check("value", value(client, "ONLY_IN_SECOND"), VALUE)


def test_switching_to_a_tenant_changes_what_is_written(second):
    with as_key(SERVER["admin_key"]):
        client = Client()
        switch(client, tenant_slug="second")
        client.set_secret("WRITTEN_IN_SECOND", {"a": [1]})
        check("names there", "WRITTEN_IN_SECOND" in names(client), True)
        check("names here", "WRITTEN_IN_SECOND" in names(Client()), False)


def test_switching_to_a_tenant_that_does_not_exist():
    raised(ValueError, lambda: switch(Client(), tenant_slug="third"))
    unknown = "00000000-0000-4000-8000-000000000000"
    raised(errors().AuthorizationError if hasattr(Client, "switch_tenant") else ValueError,
           lambda: switch(Client(), tenant_id=unknown))


def test_each_era_has_its_own_way_to_switch():
    check("switch_tenant", hasattr(Client, "switch_tenant"), VERSION >= (1, 0))
    check("login_to_tenant", hasattr(Client, "login_to_tenant"), VERSION < (1, 0))


if KEYS_AND_TENANTS:

    def test_the_key_has_a_tenant():
        check("tenant_id", Client().tenant_id, SERVER["tenant_id"])

    def test_the_tenant_is_sent_as_a_header(second):
        client = Client(tenant_id=second)
        check("names", "ONLY_IN_SECOND" in names(client), True)

    def test_a_login_is_kept_on_disk(second):
        Client(api_key=SERVER["runner_key"], tenant_id=second).save_auth_to_disk()
        try:
            with as_key(None):
                check("names", "ONLY_IN_SECOND" in names(Client()), True)
        finally:
            Client()._auth_file.unlink()

else:

    def test_a_token_is_renewed_and_given_back(second):
        import pendulum

        client = Client()
        client.login_to_tenant(tenant_slug="second")
        client._access_token_expires_at = pendulum.now()
        check("the token still reads", value(client, "ONLY_IN_SECOND"), VALUE)
        check("an end to come", client._access_token_expires_at > pendulum.now(), True)
        client.logout_from_tenant()
        check("names", "ONLY_IN_SECOND" in names(client), False)

    def test_a_login_is_kept_on_disk(second):
        client = Client(api_token=SERVER["runner_key"])
        client.save_api_token()
        client.login_to_tenant(tenant_id=second)
        try:
            with as_key(None):
                check("names", "ONLY_IN_SECOND" in names(Client()), True)
        finally:
            path = client._local_settings_path
            (path() if callable(path) else path).unlink()  # a property from 0.7 on


# Refusals


def test_no_key_is_an_authorization_error():
    with as_key(None):
        raised(errors().AuthorizationError, Secret(NAME).get)


def refused():
    """The type of error that a 400 raises."""
    import requests

    return errors().ClientError if FORMATS_400 else requests.HTTPError


def test_a_document_that_is_refused():
    text = raised(refused(), lambda: Client().graphql("query{nothing}"))
    check("400 in the error", "400" in text, True)
    check("what is wrong, in the error", "nothing" in text, FORMATS_400)


@pytest.mark.parametrize("variables", [{"name": 5}, {}, {"name": None}])
def test_variables_that_are_refused(variables):
    field = "secretValue" if VERSION < (0, 10) else "secret_value"
    raised(refused(), lambda: Client().graphql("query($name: String!) { %s(name: $name) }" % field, variables=variables))


def test_a_null_value_is_refused():
    with as_key(SERVER["admin_key"]):
        raised(refused(), lambda: Client().set_secret(NAME, None))
    check(NAME, get(NAME), VALUE)


def test_nan_is_refused():
    with as_key(SERVER["admin_key"]):
        raised(refused(), lambda: Client().set_secret(NAME, float("nan")))
    check(NAME, get(NAME), VALUE)


def test_a_name_that_is_too_long_is_refused():
    with as_key(SERVER["admin_key"]):
        text = raised(errors().ClientError, lambda: Client().set_secret("n" * 256, VALUE))
    check("BAD_USER_INPUT in the error", "BAD_USER_INPUT" in text, True)
    check("the value in the error", VALUE in text, False)


def test_the_backend_server_has_no_secrets():
    with set_temporary_config({"backend": "server"}):
        if KNOWS_SERVER_BACKEND:
            raised(ValueError, Secret(NAME).get)
        else:
            check(NAME, get(NAME), VALUE)


# Failures


def test_api_error_for_a_while(naps):
    with failing(API_ERROR, times=3) as fired:
        if RETRIES_API_ERROR:
            check(NAME, get(NAME), VALUE)
            check("naps", len(naps), 2)
        else:
            raised(errors().ClientError, Secret(NAME).get)
        check("requests that failed", fired(), 3 if RETRIES_API_ERROR else 1)


def test_api_error_for_good(naps):
    with failing(API_ERROR) as fired:
        check("API_ERROR in the error", "API_ERROR" in raised(errors().ClientError, Secret(NAME).get), True)
        check("requests", fired(), TRIES if RETRIES_API_ERROR else 1)


def test_api_error_of_a_store_that_is_sealed(naps):
    with failing("store_sealed"):
        check("API_ERROR in the error", "API_ERROR" in raised(errors().ClientError, Secret(NAME).get), True)


def test_api_error_while_setting(naps):
    with failing(API_ERROR, times=1) as fired:
        if RETRIES_API_ERROR:
            set_secret(NAME, VALUE)
        else:
            with as_key(SERVER["admin_key"]):
                raised(errors().ClientError, lambda: Client().set_secret(NAME, VALUE))
        check("requests that failed", fired(), 1)


@contextlib.contextmanager
def patience(tries):
    """The client's own settings for 429, where it has them."""
    short = {"backoff_s": 0, "backoff_multiplier": 0, "max_retries": tries - 1}
    with set_temporary_config({f"cloud.rate_limiting.{k}": v for k, v in short.items()} if TUNES_429 else {}):
        yield


def test_rate_limit_for_a_while(naps):
    import requests

    with failing({"status": 429}, times=2) as fired, patience(3):
        if RETRIES_429:
            check(NAME, get(NAME), VALUE)
            check("naps of minutes", [nap >= 180 for nap in naps], [not TUNES_429] * 2)
        else:
            raised(requests.HTTPError, Secret(NAME).get)
        check("requests that failed", fired(), 2 if RETRIES_429 else 1)


def test_rate_limit_for_good(naps):
    import requests

    with failing({"status": 429}) as fired, patience(3):
        check("429 in the error", "429" in raised(requests.HTTPError, Secret(NAME).get), True)
        check("requests", fired(), 3 if TUNES_429 else TRIES if RETRIES_429 else 1)


def test_rate_limit_that_says_when(naps):
    """urllib3 waits for Retry-After, where its retries are for http too."""
    import requests

    with failing({"status": 429, "retry_after": 2}, times=1) as fired, patience(3):
        if RETRIES_429:
            check(NAME, get(NAME), VALUE)
            check("naps", [round(nap) for nap in naps if nap < 180], [2] if RETRIES_OVER_HTTP else [])
        else:
            raised(requests.HTTPError, Secret(NAME).get)
        check("requests that failed", fired(), 1)


def test_unavailable_for_a_while(naps):
    import requests

    with failing("unavailable", times=2) as fired:
        if RETRIES_OVER_HTTP:
            check(NAME, get(NAME), VALUE)
        else:
            check("503 in the error", "503" in raised(requests.HTTPError, Secret(NAME).get), True)
        check("requests that failed", fired(), 2 if RETRIES_OVER_HTTP else 1)


def test_an_expired_key(naps):
    with failing("key_expired") as fired:
        raised(errors().AuthorizationError, Secret(NAME).get)
        check("requests", fired(), 1)


def test_no_error_of_the_server_holds_a_value(naps):
    for fault in ({"status": 500}, "unavailable", API_ERROR, {"status": 429}):
        with failing(fault), patience(2):
            try:
                Secret(NAME).get()
                text = "nothing was raised"
            except Exception as error:
                text = str(error)
        check(f"{fault}: the value in the error", VALUE in text or bool(leaks(text)), False)
