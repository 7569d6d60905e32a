"""The `prefect` command itself, as a process of its own, for somebody who logs in.

The first is a process like any other, and those after it are forks. One login lasts for the whole module: each test is a step that the next one builds on.
"""

import os
import pathlib
import subprocess
import sys

import pytest
from conftest import FACTS, KEYS_AND_TENANTS, RELEASE, SERVER, VERSION, check
from test_answers import second  # noqa: F401  (a fixture)

COMMAND = str(pathlib.Path(sys.executable).parent / "prefect")
FOREIGN = "00000000-0000-4000-8000-000000000000"
SAYS_WHY = VERSION >= (1, 0)  # the releases whose switch-tenants knows that a tenant was refused


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


def environment(home, **settings):
    """What somebody has set who has set where the API is, and no more than settings."""
    return {
        "HOME": str(home), "PREFECT__HOME_DIR": str(home / ".prefect"), "PREFECT__BACKEND": "cloud",
        FACTS["setting"]: SERVER["url"] + FACTS["path"], "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore", "LC_ALL": "C.UTF-8", **settings,
    }


@pytest.fixture(scope="module")
def prefect(home, forks):
    def call(*arguments):
        done = forks.run([COMMAND, *arguments], environment(home))
        return done.returncode, done.stdout + done.stderr

    return call


def active(listing):
    """The ids that list-tenants marks."""
    return [line.split()[2] for line in listing.splitlines() if line.endswith("*")]


def test_version(home):
    done = subprocess.run([COMMAND, "version"], env=environment(home), capture_output=True, text=True, timeout=120)
    check("version", (done.returncode, done.stdout + done.stderr), (0, RELEASE + "\n"))


def test_login(prefect):
    code, printed = prefect("auth", "login", "--key" if KEYS_AND_TENANTS else "--token", SERVER["admin_key"])
    check("exit code", code, 0)
    check("logged in", "Logged in to Prefect Cloud tenant" in printed or "Login successful!" in printed, True)


def test_switch_to_a_tenant(prefect, second):
    code, printed = prefect("auth", "switch-tenants", "--id", second)
    check("exit code", code, 0)
    check("switched", "Tenant switched" in printed, True)


def test_switch_to_a_tenant_that_the_key_may_not_use(prefect, second):
    code, printed = prefect("auth", "switch-tenants", "--id", FOREIGN)
    check("failed", code != 0, True)
    check("switched", "Tenant switched" in printed, False)
    if SAYS_WHY:
        check("why", "Unauthorized. Your API key is not valid for that tenant." in printed, True)
    code, listing = prefect("auth", "list-tenants")
    check("the active tenant", active(listing), [second])
    check("tenants", [SERVER["tenant_id"] in listing, FOREIGN in listing], [True, False])


if KEYS_AND_TENANTS:

    def test_a_tenant_in_the_environment_that_the_key_may_not_use(home, forks):
        program = "import prefect; prefect.Client().graphql('query{secret_names}')"
        done = forks.run(["-c", program], environment(home, PREFECT__CLOUD__API_KEY=SERVER["admin_key"], PREFECT__CLOUD__TENANT_ID=FOREIGN))
        check("exit code", done.returncode, 1)
        check("AuthorizationError", "AuthorizationError: " in done.stderr.strip().splitlines()[-1], True)
