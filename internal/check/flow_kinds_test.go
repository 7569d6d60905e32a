package check

import (
	"strings"
	"testing"
)

// flowCase is a module or, with cells, a notebook, and the severities of the findings in
// it, each with its rule if that is not undefined-secret.
type flowCase struct {
	name, module string
	cells        []string
	want         string
}

func checkFlowCases(t *testing.T, cases []flowCase) {
	t.Helper()
	for _, c := range cases {
		name, text := "flow.py", c.module
		if c.cells != nil {
			name, text = "flow.ipynb", string(notebookOf(t, c.cells...))
		}
		var got []string
		found := flowTextFindings(t, name, text, "[context.secrets]\nOTHER = \"$OTHER\"\n")
		for _, d := range found {
			got = append(got, strings.TrimSuffix(string(d.Severity)+":"+d.Rule, ":undefined-secret"))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: want %q, got\n%s", c.name, c.want, render(found))
		}
	}
}

// The context of a run brings secrets.
func TestRunContextsBring(t *testing.T) {
	checkFlowCases(t, []flowCase{
		{name: "plain", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
@task
def t(): Secret("A").get()
with Flow("f") as flow: t()
flow.run(context={"secrets": {"A": 1}})
`},
		{name: "taskrunner", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.engine import TaskRunner
from prefect.tasks.secrets import PrefectSecret
s=PrefectSecret("A")
TaskRunner(s).run(context={"secrets": {"A": 1}})
`},
		{name: "other", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
@task
def t(): Secret("A").get()
flow.run(context={"secrets": {"B": 1}})
`},
		{name: "computed", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
@task
def t(): Secret("A").get()
flow.run(context=ctx())
`},
	})
}

// A magic sets variables of the kernel.
func TestNotebooksBring(t *testing.T) {
	checkFlowCases(t, []flowCase{
		{name: "plain", cells: []string{`%env PREFECT__CONTEXT__SECRETS__A=abc`, `from prefect.client import Secret
Secret('A').get()`}, want: ""},
		{name: "b", cells: []string{`%set_env PREFECT__CONTEXT__SECRETS__A abc`, `from prefect.client import Secret
Secret('A').get()`}, want: ""},
		{name: "late", cells: []string{`from prefect.client import Secret`, `%set_env PREFECT__CONTEXT__SECRETS__A abc`, `Secret('A').get()`}, want: "error"},
		{name: "dotenv", cells: []string{`%load_ext dotenv
%dotenv`, `from prefect.client import Secret
Secret('A').get()`}, want: "note"},
	})
}

// Variables and configs that come from elsewhere may bring any secret, above the import.
func TestVariablesFromElsewhere(t *testing.T) {
	checkFlowCases(t, []flowCase{
		{name: "plain", want: "note", module: `from dotenv import load_dotenv
load_dotenv()
from prefect.client import Secret
Secret("A").get()
`},
		{name: "late", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from dotenv import load_dotenv
load_dotenv()
Secret("A").get()
`},
		{name: "update", want: "note", module: `import os
from dotenv import dotenv_values
os.environ.update(dotenv_values(".env"))
from prefect.client import Secret
Secret("A").get()
`},
		{name: "update2", want: "note", module: `import os
from dotenv import dotenv_values
os.environ.update(**dotenv_values(".env"))
from prefect.client import Secret
Secret("A").get()
`},
		{name: "environs", want: "note", module: `from environs import Env
Env().read_env()
from prefect.client import Secret
Secret("A").get()
`},
		{name: "tc", want: "", module: `import os
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import prefect
os.environ["PREFECT__CONTEXT__SECRETS__A"] = "x"
from prefect.client import Secret
Secret("A").get()
`},
		{name: "cfg", want: "note", module: `import os
os.environ["PREFECT__USER_CONFIG_PATH"] = "x"
from prefect.client import Secret
Secret("A").get()
`},
		{name: "ctx", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
ctx = {"secrets": {"A": 1}}
with prefect.context(**ctx):
    Secret("A").get()
`},
		{name: "ctx2", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
ctx = {"secrets": {"B": 1}}
with prefect.context(**ctx):
    Secret("A").get()
`},
		{name: "environb", want: "", module: `import os
os.environb[b"PREFECT__CONTEXT__SECRETS__A"] = b"x"
from prefect.client import Secret
Secret("A").get()
`},
		{name: "reload", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
os.environ["PREFECT__CONTEXT__SECRETS__A"] = "x"
from prefect.configuration import load_default_config
prefect.config = load_default_config()
prefect.context.update(secrets=prefect.config.context.secrets)
Secret("A").get()
`},
		{name: "reload2", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
os.environ["PREFECT__CONTEXT__SECRETS__A"] = "x"
from prefect.configuration import load_default_config
prefect.context.update(secrets=load_default_config().context.secrets)
Secret("A").get()
`},
	})
}

// The template of a run may set variables.
func TestTemplatesOfRuns(t *testing.T) {
	checkFlowCases(t, []flowCase{
		{name: "ecs", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.run_configs import ECSRun
ECSRun(task_definition={"containerDefinitions": [{"environment": [{"name": "PREFECT__CONTEXT__SECRETS__A", "value": "x"}]}]})
Secret("A").get()
`},
		{name: "k8s", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.run_configs import KubernetesRun
KubernetesRun(job_template="""
spec:
  env:
    - name: PREFECT__CONTEXT__SECRETS__A
      value: x
""")
Secret("A").get()
`},
		{name: "k8s path", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.run_configs import KubernetesRun
KubernetesRun(job_template_path="job.yaml")
Secret("A").get()
`},
		{name: "late", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
from prefect.run_configs import KubernetesRun
KubernetesRun(image="x")
os.environ["PREFECT__CONTEXT__SECRETS__A"] = "x"
Secret("A").get()
`},
	})
}

// A guard may skip a test or a task, wait, ask for several secrets, or ask for the variable.
func TestGuardsOfAnyKind(t *testing.T) {
	checkFlowCases(t, []flowCase{
		{name: "skip", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import pytest
def test_a():
    if not Secret("A").exists(): pytest.skip("no secret")
    Secret("A").get()
`},
		{name: "skipTest", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import unittest
class T(unittest.TestCase):
    def test_a(self):
        if not Secret("A").exists():
            self.skipTest("x")
        Secret("A").get()
`},
		{name: "SkipTest", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import unittest
class T(unittest.TestCase):
    def test_a(self):
        if not Secret("A").exists():
            raise unittest.SkipTest("x")
        Secret("A").get()
`},
		{name: "skipif", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import pytest
@pytest.mark.skipif(not Secret("A").exists(), reason="x")
def test_a():
    Secret("A").get()
`},
		{name: "skipif2", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import pytest
needs = pytest.mark.skipif(not Secret("A").exists(), reason="x")
@needs
class TestX:
    def test_a(self):
        Secret("A").get()
`},
		{name: "skip mark", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import pytest
@pytest.mark.skip
def test_a():
    Secret("A").get()
`},
		{name: "skip mark2", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import unittest
@unittest.skip("no")
def test_a():
    Secret("A").get()
`},
		{name: "while", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import time
while not Secret("A").exists(): time.sleep(1)
Secret("A").get()
`},
		{name: "while break", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import time
while not Secret("A").exists():
    if x: break
    time.sleep(1)
Secret("A").get()
`},
		{name: "all", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
if all(Secret(n).exists() for n in ("A", "B")):
    Secret("A").get()
    Secret("B").get()
`},
		{name: "all2", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
if all(Secret(n).exists() for n in ("C", "B")):
    Secret("A").get()
`},
		{name: "environ", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
if "PREFECT__CONTEXT__SECRETS__A" in os.environ:
    Secret("A").get()
`},
		{name: "getenv", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
if os.getenv("PREFECT__CONTEXT__SECRETS__A"):
    Secret("A").get()
`},
		{name: "environ.get", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
if os.environ.get("PREFECT__CONTEXT__SECRETS__A") is not None:
    Secret("A").get()
`},
		{name: "match", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
match Secret("A").exists():
    case True:
        Secret("A").get()
    case _:
        pass
`},
		{name: "match2", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
match Secret("A").exists():
    case False:
        pass
    case _:
        Secret("A").get()
`},
		{name: "match3", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
match Secret("A").exists():
    case False:
        Secret("A").get()
`},
		{name: "missing", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def f():
    missing = [n for n in ("A","B") if not Secret(n).exists()]
    if missing:
        return
    Secret("A").get()
`},
		{name: "signals", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.engine import signals
@task
def f():
    if not Secret("A").exists():
        raise signals.SKIP("none")
    Secret("A").get()
`},
		{name: "signals2", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.engine.signals import SKIP
@task
def f():
    try:
        Secret("A").get()
    except ValueError:
        raise SKIP("none")
`},
		{name: "guard out", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def use():
    Secret("A").get()
if Secret("A").exists():
    use()
`},
	})
}

// A handler may be in a caller, a decorator, a context manager or a finally, and may raise another error.
func TestHandlersFurtherOut(t *testing.T) {
	checkFlowCases(t, []flowCase{
		{name: "1", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def read():
    return Secret("A").get()
try:
    v = read()
except ValueError:
    v = None
`},
		{name: "some", want: "warning", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def read():
    return Secret("A").get()
try:
    v = read()
except ValueError:
    v = None
read()
`},
		{name: "keyerror", want: "warning", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def read():
    return Secret("A").get()
try:
    v = read()
except KeyError:
    v = None
`},
		{name: "self", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class C:
    def read(self):
        return Secret("A").get()
    def safe(self):
        try:
            return self.read()
        except ValueError:
            return None
`},
		{name: "property", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class C:
    @property
    def value(self):
        return Secret("A").get()
c = C()
try:
    v = c.value
except ValueError:
    v = None
`},
		{name: "lambda", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def safe(f):
    try:
        return f()
    except ValueError:
        return None
safe(lambda: Secret("A").get())
`},
		{name: "bound", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def attempt(f):
    try:
        return f()
    except ValueError:
        return None
attempt(Secret("A").get)
`},
		{name: "partial", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from functools import partial
def attempt(f):
    try:
        return f()
    except ValueError:
        return None
attempt(partial(Secret("A").get))
`},
		{name: "passed", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def attempt(f):
    try:
        return f()
    except ValueError:
        return None
def read():
    return Secret("A").get()
attempt(read)
`},
		{name: "deco", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import functools
def optional(f):
    @functools.wraps(f)
    def wrapper(*a, **k):
        try:
            return f(*a, **k)
        except ValueError:
            return None
    return wrapper
@optional
def read():
    return Secret("A").get()
read()
`},
		{name: "cm", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from contextlib import contextmanager
@contextmanager
def quiet():
    try:
        yield
    except ValueError:
        pass
with quiet():
    Secret("A").get()
`},
		{name: "cm2", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from contextlib import contextmanager
@contextmanager
def quiet():
    try:
        yield
    finally:
        pass
with quiet():
    Secret("A").get()
`},
		{name: "exit", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class Q:
    def __enter__(self): return self
    def __exit__(self, *a): return True
with Q():
    Secret("A").get()
`},
		{name: "stack", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from contextlib import ExitStack, suppress
with ExitStack() as s:
    s.enter_context(suppress(ValueError))
    Secret("A").get()
`},
		{name: "translate", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class Missing(Exception): pass
try:
    try:
        Secret("A").get()
    except ValueError as e:
        raise Missing from e
except Missing:
    v = None
`},
		{name: "translate fn", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class Missing(Exception): pass
def read():
    try:
        return Secret("A").get()
    except ValueError as e:
        raise Missing("x") from e
try:
    read()
except Missing:
    v = None
`},
		{name: "reraise", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
try:
    try:
        Secret("A").get()
    except ValueError:
        raise
except ValueError:
    pass
`},
		{name: "reraise2", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
try:
    Secret("A").get()
except ValueError:
    raise
finally:
    x = 1
`},
		{name: "finally", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def f():
    try: return Secret("A").get()
    finally: return None
`},
		{name: "else", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
try: s = Secret("A")
except ValueError: pass
else: v = s.get()
`},
	})
}

// A get of the context never fails.
func TestReadsThatGiveNone(t *testing.T) {
	checkFlowCases(t, []flowCase{
		{name: "plain", want: "warning", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
x = prefect.context.get("secrets", {}).get("A")
login(password=x)
`},
		{name: "b", want: "warning", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def f():
    return prefect.context.get("secrets", {}).get("A")
`},
		{name: "c", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
x = prefect.context.get("secrets", {}).get("A").strip()
`},
		{name: "d", want: "warning", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
login(password=prefect.context.secrets.get("A"))
`},
	})
}

// A test may replace what Secret uses.
func TestMocksOfParts(t *testing.T) {
	checkFlowCases(t, []flowCase{
		{name: "sysmod", want: "note", module: `import sys
from unittest.mock import MagicMock
sys.modules["prefect.client"] = MagicMock()
from prefect.client import Secret
Secret("A").get()
`},
		{name: "Client", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from unittest.mock import patch
with patch("prefect.client.client.Client"):
    Secret("A").get()
`},
		{name: "graphql", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def test_a(monkeypatch):
    monkeypatch.setattr("prefect.client.Client.graphql", lambda *a: 1)
    Secret("A").get()
`},
		{name: "responses", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import responses
@responses.activate
def test_a():
    Secret("A").get()
`},
		{name: "not", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from unittest.mock import patch
with patch("other.Client"):
    Secret("A").get()
`},
	})
}

// Only what runs while a flow is built fails.
func TestBuildingOfAnyKind(t *testing.T) {
	checkFlowCases(t, []flowCase{
		{name: "xfail", want: "", module: `from prefect import Flow
from prefect.client import Secret
import pytest
@pytest.mark.xfail
def test():
    with Flow("f"): Secret("OTHER").get()
`},
		{name: "gen", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
with Flow("f"):
    g = (Secret(n).get() for n in ["OTHER"])
`},
		{name: "list", want: "error:read-while-building", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
with Flow("f"):
    g = [Secret(n).get() for n in ["OTHER"]]
`},
		{name: "get", want: "error:read-while-building", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def get(): return Secret("OTHER").get()
with Flow("f"):
    get()
`},
		{name: "sub", want: "error:read-while-building", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class F(prefect.Flow): pass
with F("f"):
    Secret("OTHER").get()
`},
	})
}

// IPython reads prompts, searches and magics before Python does.
func TestCellsAsIPythonReadsThem(t *testing.T) {
	checkFlowCases(t, []flowCase{
		{name: "search", cells: []string{`*int*?
from prefect.client import Secret
Secret('A').get()`}, want: "error"},
		{name: "prompt", cells: []string{`>>> from prefect.client import Secret
>>> if x:
...     Secret('A').get()
`}, want: "error"},
		{name: "md", cells: []string{`%md
It's a title`, `%sql
select 'x`, `from prefect.client import Secret
Secret('OTHER').get()`}, want: ""},
		{name: "timeit", cells: []string{`from prefect.client import Secret
%timeit -n 1 Secret('A').get()`}, want: "error"},
		{name: "debug", cells: []string{`from prefect.client import Secret`, `%%debug
Secret('A').get()`}, want: "error"},
	})
}

// A name may be certain without being a literal.
func TestNamesThatAreCertain(t *testing.T) {
	checkFlowCases(t, []flowCase{
		{name: "imports", want: "error", module: `try:
    from prefect.client import Secret
except ImportError:
    from prefect.blocks.system import Secret
Secret("A").get()
`},
		{name: "importlib", want: "error", module: `import importlib
importlib.import_module("prefect.client").Secret("A").get()
`},
		{name: "__import__", want: "error", module: `__import__("prefect").client.Secret("A").get()
`},
		{name: "partial", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from functools import partial
partial(Secret, "A")().get()
`},
		{name: "partial2", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from functools import partial
mk = partial(Secret)
mk("A").get()
`},
		{name: "partial3", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from functools import partial
mk = partial(Secret, "A")
try:
    mk().get()
except ValueError:
    pass
`},
		{name: "itemgetter", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from operator import itemgetter
itemgetter("A")(prefect.context.secrets)
`},
		{name: "dict", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
dict(prefect.context.secrets)["A"]
`},
		{name: "loop", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
for n in ["A", "OTHER"]: Secret(n).get()
`},
		{name: "dictcomp", want: "error error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
x = {n: Secret(n).get() for n in ("A", "B")}
`},
		{name: "choice", want: "error error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
Secret("A" if prod else "B").get()
`},
		{name: "class", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class N:
    A = "A"
Secret(N.A).get()
`},
		{name: "enum", want: "error error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import enum
class N(enum.Enum):
    A = "A"
    O = "OTHER"
Secret(N.A.value).get()
for n in N: Secret(n.value).get()
`},
		{name: "dict names", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
NAMES = {"a": "A"}
Secret(NAMES["a"]).get()
`},
		{name: "join", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
P = "DB"
Secret("_".join([P, "W"])).get()
`},
		{name: "helper", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def read(name): return Secret(name).get()
read("A")
read("OTHER")
`},
		{name: "helper cope", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def read(name):
    try:
        return Secret(name).get()
    except ValueError:
        return None
read("A")
`},
		{name: "helper cope2", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def read(name):
    return Secret(name).get()
try:
    read("A")
except ValueError:
    pass
read("B")
`},
	})
}
