"""The rows of fixtures/prefect/secret-get.jsonl, asked of the release again."""

import json
import os
import pathlib

from conftest import RELEASE
from secret_cases import read, result_of

HERE = pathlib.Path(__file__).parent
CASES = HERE.parent.parent / "fixtures" / "prefect" / "secret-get.jsonl"


def test_the_rows_are_those_of_this_release(forks):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    clean["HOME"] = "/home/user"  # some rows have it
    done = forks.run([str(HERE / "secret_cases.py"), str(CASES)], clean)
    assert done.returncode == 0, done.stderr
    given = [json.loads(line) for line in done.stdout.splitlines()]
    cases = [case for case in read(CASES) if "results" in case]
    assert len(given) == len(cases) > 100
    different = [i for i, case in enumerate(cases) if given[i] != result_of(case["results"], RELEASE)]
    assert not different, "rows that this release does not give"
