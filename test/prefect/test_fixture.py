"""The fixture of docs/testing fails the tests that it is there to fail."""

import os
import pathlib
import shutil

import pytest
from conftest import check

DOCS = pathlib.Path(__file__).parents[2] / "docs" / "testing"

# Each is the body of a test, and what the fixture is to say of it; empty if nothing is wrong.
BODIES = {
    "right": ("cloud.testkit('GET', 'calls')", ""),
    "unused fault": ("cloud.testkit('POST', 'faults', {'match': {'secret': 'S'}, 'fault': 'unavailable'})", "never fired"),
    "refused document": ("pytest.raises(Exception, Client().graphql, 'query{sekret_names}')", "API refuses"),
    "printed value": ("cloud.testkit('POST', 'seed', {'secrets': {'S': 'CANARY51c0'}}); print('CANARY51c0')", "printed the value of ['S']"),
    "encoded value": ("cloud.testkit('POST', 'seed', {'secrets': {'S': 'CANARY51c0'}}); print('Q0FOQVJZNTFjMA==')", "printed the value of ['S']"),
    "logged value": ("cloud.testkit('POST', 'seed', {'secrets': {'S': 'CANARY51c0'}}); prefect.context.logger.info('is %s', Secret('S').get())", "printed the value of ['S']"),
    "warned value": ("cloud.testkit('POST', 'seed', {'secrets': {'S': 'CANARY51c0'}}); logging.getLogger('app').warning('CANARY51c0')", "printed the value of ['S']"),
}


@pytest.mark.parametrize("name", BODIES)
def test_fixture(name, tmp_path, forks):
    body, says = BODIES[name]
    shutil.copy(DOCS / "conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(f"import logging, prefect, pytest\nfrom prefect.client import Client, Secret\n\n\ndef test(cloud):\n    {body}\n")
    environment = {"HOME": os.environ["HOME"], "PATH": os.environ["PATH"], "PREFECT_SECRETS_BIN": os.environ["SUITE_BIN"]}
    done = forks.run(["-m", "pytest", "-q", "--assert=plain", "-p", "no:cacheprovider", str(tmp_path)], environment, cwd=tmp_path)
    check(f"{name}: passed", done.returncode == 0, says == "")
    check(f"{name}: what it says", says in done.stdout, True)


