"""`prefect auth`, the commands with which people log in, switch and look where they are.

Each test has a home of its own: the login is kept there.
"""

import pytest
from click.testing import CliRunner
from conftest import FACTS, KEYS_AND_TENANTS, SERVER, VERSION, check
from prefect.cli import cli
from prefect.utilities.configuration import set_temporary_config
from test_answers import second  # noqa: F401  (a fixture)

HAS_STATUS = VERSION >= (1, 0)
SAYS_WHERE = "Tenant switched"


@pytest.fixture
def auth(tmp_path):
    """Runs `prefect auth ...` for somebody who has set only where the API is; gives what it prints."""

    def call(*arguments, answer=None):
        with set_temporary_config({FACTS["key"]: None, "home_dir": str(tmp_path), "backend": "cloud"}):
            done = CliRunner().invoke(cli, ["auth", *arguments], input=answer)
        expected = (SystemExit, ValueError)  # ValueError is for a tenant that is not found
        if done.exception and not isinstance(done.exception, expected):
            pytest.fail(f"auth {arguments[0]} raised {type(done.exception).__name__}", pytrace=False)
        return done.output

    return call


def login(auth, key):
    return auth("login", "--key" if KEYS_AND_TENANTS else "--token", key)


def active(listing):
    """The slug that `list-tenants` marks."""
    return [line.split()[1] for line in listing.splitlines() if line.endswith("*")]


def test_login_and_list_tenants(auth, second):
    printed = login(auth, SERVER["admin_key"])
    check("logged in", "Logged in to Prefect Cloud tenant" in printed or "Login successful!" in printed, True)
    listing = auth("list-tenants")
    check("tenants", [SERVER["tenant_id"] in listing, second in listing], [True, True])
    check("the active one", [line.split()[2] for line in listing.splitlines() if line.endswith("*")], [SERVER["tenant_id"]])


def test_login_with_a_wrong_key(auth):
    printed = login(auth, "not-a-key-of-this-server")
    check("refused", "Unauthorized" in printed or "Error attempting to use Prefect API token" in printed, True)
    check("logged in", "Logged in" in printed or "successful" in printed, False)


@pytest.mark.parametrize("by", ["--slug", "--id"])
def test_switch_tenants(auth, second, by):
    login(auth, SERVER["admin_key"])
    check("switched", SAYS_WHERE in auth("switch-tenants", by, "second" if by == "--slug" else second), True)
    check("the active one", active(auth("list-tenants")), ["second"])


def test_switch_to_a_tenant_that_does_not_exist(auth):
    login(auth, SERVER["admin_key"])
    check("switched", SAYS_WHERE in auth("switch-tenants", "--slug", "third"), False)


def test_logout(auth):
    login(auth, SERVER["admin_key"])
    check("logged out", "Logged out" in auth("logout", answer="y\n"), True)


if HAS_STATUS:

    def test_status(auth):
        check("not logged in", "You are not logged in!" in auth("status"), True)
        login(auth, SERVER["admin_key"])
        check("the tenant", f"You are logged in to tenant {SERVER['tenant_id']}" in auth("status"), True)
