"""Flow code that reads a secret which nothing has: where the release fails, `check` has an error, and only there."""

import json
import os
import subprocess

import pytest
from prefect.client import Secret

HEAD = "from prefect import Flow, task\nfrom prefect.client import Secret\nimport prefect\n"
SET = 'os.environ["PREFECT__CONTEXT__SECRETS__A"] = "x"\n'

# Each is a module, which is run with local secrets and an empty config.
CASES = {
    "missing": HEAD + 'Secret("A").get()\n',
    "handled": HEAD + 'try:\n    Secret("A").get()\nexcept ValueError:\n    pass\n',
    "raised again": HEAD + 'try:\n    Secret("A").get()\nexcept ValueError as e:\n    raise RuntimeError() from e\n',
    "handled by builtins": "import builtins as b\n" + HEAD + 'try:\n    Secret("A").get()\nexcept b.ValueError:\n    pass\n',
    "handled by a sum": HEAD + 'try:\n    Secret("A").get()\nexcept (KeyError,) + (ValueError,):\n    pass\n',
    "handled by a name": HEAD + 'ERRORS = (KeyError, (OSError, ValueError))\ntry:\n    Secret("A").get()\nexcept ERRORS:\n    pass\n',
    "handled by a subclass": HEAD + 'class Own(ValueError):\n    pass\ntry:\n    Secret("A").get()\nexcept Own:\n    pass\n',
    "suppressed by a name": "import contextlib\n" + HEAD + 'quiet = contextlib.suppress(*(KeyError, ValueError))\nwith quiet:\n    Secret("A").get()\n',
    "suppressed, another": "import contextlib\n" + HEAD + 'with contextlib.suppress(OSError):\n    Secret("A").get()\n',
    "suppressed": "from contextlib import suppress\n" + HEAD + 'with suppress(ValueError):\n    Secret("A").get()\n',
    "exists": HEAD + 'if Secret("A").exists():\n    Secret("A").get()\n',
    "in": HEAD + 'if "A" in prefect.context.get("secrets", {}):\n    Secret("A").get()\n',
    "not in": HEAD + 'if "A" not in prefect.context.get("secrets", {}):\n    Secret("A").get()\n',
    "alone": HEAD + 'try:\n    Secret("A").get()\nexcept Exception:\n    pass\n',
    "variable before": "import os\n" + SET + HEAD + 'Secret("A").get()\n',
    "variable behind": "import os\n" + HEAD + SET + 'Secret("A").get()\n',
    "putenv": 'import os\nos.putenv("PREFECT__CONTEXT__SECRETS__A", "x")\n' + HEAD + 'Secret("A").get()\n',
    "variable by update": "import os\nos.environ.update([('PREFECT__CONTEXT__SECRETS__A', 'x')])\n" + HEAD + 'Secret("A").get()\n',
    "variable by setdefault": "import os\nos.environ.setdefault('PREFECT__CONTEXT__SECRETS__A', 'x')\n" + HEAD + 'Secret("A").get()\n',
    "variable by replacement": "import os\nos.environ = {**os.environ, 'PREFECT__CONTEXT__SECRETS__A': 'x'}\n" + HEAD + 'Secret("A").get()\n',
    "variable by patch.dict": "import os\nfrom unittest.mock import patch\npatch.dict('os.environ', PREFECT__CONTEXT__SECRETS__A='x').start()\n" + HEAD + 'Secret("A").get()\n',
    "variable by patch.dict, too late": "import os\nfrom unittest.mock import patch\n" + HEAD + "patch.dict('os.environ', PREFECT__CONTEXT__SECRETS__A='x').start()\n" + 'Secret("A").get()\n',
    "context by setattr": HEAD + 'setattr(prefect.context, "secrets", {})\nprefect.context.secrets.update(A=1)\nSecret("A").get()\n',
    "context by patch.dict": "from unittest.mock import patch\n" + HEAD + 'with patch.dict(prefect.context, secrets={"A": 1}):\n    Secret("A").get()\n',
    "get is a mock": "from unittest.mock import patch\n" + HEAD + 'with patch("prefect.client.Secret.get", return_value=1):\n    Secret("A").get()\n',
    "get is a mock of the class": "from unittest.mock import patch\n" + HEAD + '@patch.object(Secret, "get")\ndef test_a(get):\n    Secret("A").get()\ntest_a()\n',
    "another method is a mock": "from unittest.mock import patch\n" + HEAD + 'with patch.object(Secret, "__repr__"):\n    Secret("A").get()\n',
    "get is a mock no longer": "from unittest.mock import patch\n" + HEAD + 'with patch.object(Secret, "get"):\n    pass\nSecret("A").get()\n',
    "get is set": HEAD + 'Secret.get = lambda self: 1\nSecret("A").get()\n',
    "context": HEAD + 'prefect.context["secrets"] = {"A": 1}\nSecret("A").get()\n',
    "context for a while": HEAD + 'with prefect.context(secrets={"A": 1}):\n    Secret("A").get()\n',
    "configuration": HEAD + 'prefect.config.context.setdefault("secrets", {})\nprefect.config.context["secrets"] = {"A": 1}\nSecret("A").get()\n',
    "building": "import os\n" + SET + HEAD + 'with Flow("f"):\n    Secret("A").get()\n',
    "building by function": "import os\n" + SET + HEAD + 'def f():\n    return Secret("A").get()\nwith Flow("f"):\n    f()\n',
    "beside the flow": "import os\n" + SET + HEAD + 'with Flow("f"):\n    pass\nSecret("A").get()\n',
    "task": "import os\n" + SET + HEAD + 'with Flow("f"):\n    @task\n    def f():\n        return Secret("A").get()\n    f()\n',
    "handled by the caller": HEAD + 'def f():\n    return Secret("A").get()\ntry:\n    f()\nexcept ValueError:\n    pass\n',
    "handled by no caller": HEAD + 'def f():\n    return Secret("A").get()\ntry:\n    f()\nexcept OSError:\n    pass\n',
    "handled by a decorator": HEAD
    + 'def d(f):\n    def g():\n        try:\n            return f()\n        except ValueError:\n            pass\n    return g\n@d\ndef f():\n    return Secret("A").get()\nf()\n',
    "handled by a manager": "import contextlib\n"
    + HEAD
    + '@contextlib.contextmanager\ndef m():\n    try:\n        yield\n    except ValueError:\n        pass\nwith m():\n    Secret("A").get()\n',
    "handled by who gets it": HEAD + 'def f(g):\n    try:\n        g()\n    except ValueError:\n        pass\nf(Secret("A").get)\n',
    "handled as another": HEAD
    + 'class E(Exception):\n    pass\ntry:\n    try:\n        Secret("A").get()\n    except ValueError:\n        raise E()\nexcept E:\n    pass\n',
    "raised with a finally": HEAD + 'try:\n    Secret("A").get()\nexcept ValueError:\n    raise\nfinally:\n    pass\n',
    "swallowed": HEAD + 'def f():\n    try:\n        Secret("A").get()\n    finally:\n        return\nf()\n',
    "named by a loop": HEAD + 'for name in ["A"]:\n    Secret(name).get()\n',
    "named by a caller": HEAD + 'def f(name):\n    return Secret(name).get()\nf("A")\n',
    "variable in bytes": "import os\nos.environb[b'PREFECT__CONTEXT__SECRETS__A'] = b'x'\n" + HEAD + 'Secret("A").get()\n',
    "import for a type checker": "import os\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    import prefect\n" + SET + HEAD + 'Secret("A").get()\n',
    "context by a dict": HEAD + 'd = {"secrets": {"A": 1}}\nwith prefect.context(**d):\n    Secret("A").get()\n',
    "building a generator": "import os\n" + SET + HEAD + 'with Flow("f"):\n    f = (Secret(n).get() for n in ["A"])\n',
    "building a class of Flow": "import os\n" + SET + HEAD + 'class F(Flow):\n    pass\nwith F("f"):\n    Secret("A").get()\n',
    "lambda": "import os\n" + SET + HEAD + 'with Flow("f"):\n    f = lambda: Secret("A").get()\n',
}

if not hasattr(Secret, "exists"):  # before 0.9
    del CASES["exists"]

# Runs each module of standard input in a process of its own that has imported prefect already, and prints which fail.
FORKS = """
import gc, json, os, sys
import prefect
gc.collect()
gc.freeze()
failed = []
for name, text in json.load(sys.stdin).items():
    child = os.fork()
    if child == 0:
        try:
            exec(compile(text, name, "exec"), {"__name__": "__main__"})
        except BaseException:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        failed.append(name)
print(json.dumps(failed))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The environment of the modules: no variable of Prefect's, and an empty config."""
    config = tmp_path_factory.mktemp("config") / "config.toml"
    config.write_text("")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    clean["PREFECT__USER_CONFIG_PATH"] = str(config)
    return clean


@pytest.fixture(scope="module")
def failed(environment, forks):
    """The names of the modules that fail. Those that set a variable before they import prefect cannot share an import."""
    shared = {name: text for name, text in CASES.items() if not text.startswith("import os")}
    ran = forks.run(["-c", FORKS], environment, json.dumps(shared))
    names = set(json.loads(ran.stdout.splitlines()[-1]))
    for name, text in CASES.items():
        if name not in shared and forks.run(["-c", text], environment).returncode:
            names.add(name)
    return names


@pytest.mark.parametrize("name", sorted(CASES))
def test_check_agrees(name, failed, environment, tmp_path):
    flow = tmp_path / "flow.py"
    flow.write_text(CASES[name])
    checked = subprocess.run(
        [os.environ["SUITE_BIN"], "check", environment["PREFECT__USER_CONFIG_PATH"], "--flows", str(flow)],
        env=environment, capture_output=True, timeout=60,
    )
    assert checked.returncode in (0, 1), "check failed"
    assert (name in failed) == (checked.returncode == 1), "the release and check disagree"
