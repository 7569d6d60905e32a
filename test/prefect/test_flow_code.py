"""Flow code that reads a secret which nothing has: where the release fails, `check` has an error, and only there."""

import os
import subprocess
import sys

import pytest

HEAD = "from prefect import Flow, task\nfrom prefect.client import Secret\nimport prefect\n"
SET = 'os.environ["PREFECT__CONTEXT__SECRETS__A"] = "x"\n'

# Each is a module, which is run with local secrets and an empty config.
CASES = {
    "missing": HEAD + 'Secret("A").get()\n',
    "handled": HEAD + 'try:\n    Secret("A").get()\nexcept ValueError:\n    pass\n',
    "raised again": HEAD + 'try:\n    Secret("A").get()\nexcept ValueError as e:\n    raise RuntimeError() from e\n',
    "suppressed": "from contextlib import suppress\n" + HEAD + 'with suppress(ValueError):\n    Secret("A").get()\n',
    "exists": HEAD + 'if Secret("A").exists():\n    Secret("A").get()\n',
    "in": HEAD + 'if "A" in prefect.context.get("secrets", {}):\n    Secret("A").get()\n',
    "not in": HEAD + 'if "A" not in prefect.context.get("secrets", {}):\n    Secret("A").get()\n',
    "alone": HEAD + 'try:\n    Secret("A").get()\nexcept Exception:\n    pass\n',
    "variable before": "import os\n" + SET + HEAD + 'Secret("A").get()\n',
    "variable behind": "import os\n" + HEAD + SET + 'Secret("A").get()\n',
    "putenv": 'import os\nos.putenv("PREFECT__CONTEXT__SECRETS__A", "x")\n' + HEAD + 'Secret("A").get()\n',
    "context": HEAD + 'prefect.context["secrets"] = {"A": 1}\nSecret("A").get()\n',
    "context for a while": HEAD + 'with prefect.context(secrets={"A": 1}):\n    Secret("A").get()\n',
    "configuration": HEAD + 'prefect.config.context.setdefault("secrets", {})\nprefect.config.context["secrets"] = {"A": 1}\nSecret("A").get()\n',
    "building": "import os\n" + SET + HEAD + 'with Flow("f"):\n    Secret("A").get()\n',
    "building by function": "import os\n" + SET + HEAD + 'def f():\n    return Secret("A").get()\nwith Flow("f"):\n    f()\n',
    "beside the flow": "import os\n" + SET + HEAD + 'with Flow("f"):\n    pass\nSecret("A").get()\n',
    "task": "import os\n" + SET + HEAD + 'with Flow("f"):\n    @task\n    def f():\n        return Secret("A").get()\n    f()\n',
    "lambda": "import os\n" + SET + HEAD + 'with Flow("f"):\n    f = lambda: Secret("A").get()\n',
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_check_agrees(name, tmp_path):
    flow, config = tmp_path / "flow.py", tmp_path / "config.toml"
    flow.write_text(CASES[name])
    config.write_text("")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    clean["PREFECT__USER_CONFIG_PATH"] = str(config)
    ran = subprocess.run([sys.executable, str(flow)], env=clean, capture_output=True, timeout=120)
    checked = subprocess.run(
        [os.environ["SUITE_BIN"], "check", str(config), "--flows", str(flow)], env=clean, capture_output=True, timeout=60
    )
    assert checked.returncode in (0, 1), "check failed"
    assert (ran.returncode != 0) == (checked.returncode == 1), "the release and check disagree"
