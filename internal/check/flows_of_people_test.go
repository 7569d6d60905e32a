package check

import "testing"

// Flows as people write them: tasks, callbacks, run configs, storage, tests, helper modules
// and scripts.
func TestFlowsOfPeople(t *testing.T) {
	checkFlowCases(t, []flowCase{
		{name: "etl mapped", want: "note", module: `import json
from datetime import timedelta
import pandas as pd
from prefect import Flow, Parameter, task, unmapped, case
from prefect.client import Secret
from prefect.run_configs import ECSRun
from prefect.storage import S3, Docker, GitHub
from prefect.schedules import CronSchedule

@task(max_retries=3, retry_delay=timedelta(seconds=10))
def extract(table, creds):
    conn = connect(**creds)
    return pd.read_sql(f"select * from {table}", conn)

@task
def get_creds():
    return json.loads(Secret("OTHER").get())

@task(nout=2)
def split(df):
    return df[:1], df[1:]

with Flow("etl", schedule=CronSchedule("0 0 * * *"), storage=GitHub(repo="a/b", path="f.py", access_token_secret="GITHUB_TOKEN"), run_config=ECSRun(task_definition_arn="arn:aws:x")) as flow:
    tables = Parameter("tables", default=["a", "b"])
    creds = get_creds()
    dfs = extract.map(tables, creds=unmapped(creds))

if __name__ == "__main__":
    flow.register("proj")
`},
		{name: "github storage undefined", want: "error", module: `from prefect import Flow
from prefect.storage import GitHub
flow = Flow("x", storage=GitHub(repo="a/b", path="f.py", access_token_secret="GITHUB_TOKEN"))
`},
		{name: "docker env", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
from prefect.storage import Docker
import os
storage = Docker(registry_url="r", image_name="i", env_vars={"PREFECT__CONTEXT__SECRETS__DB_PASSWORD": os.environ["DB_PASSWORD"], "PYTHONPATH": "/x"}, python_dependencies=["pandas"])
@task
def q():
    return Secret("DB_PASSWORD").get()
with Flow("x", storage=storage) as flow:
    q()
`},
		{name: "docker extra commands", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
from prefect.storage import Docker
storage = Docker(extra_dockerfile_commands=["ENV PREFECT__CONTEXT__SECRETS__DB_PASSWORD=x", "RUN apt-get update"])
@task
def q():
    return Secret("DB_PASSWORD").get()
`},
		{name: "state handler", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import requests
def post_to_slack(task, old_state, new_state):
    if new_state.is_failed():
        try:
            url = Secret("SLACK_WEBHOOK_URL").get()
        except ValueError:
            prefect.context.get("logger").warning("no webhook")
            return new_state
        requests.post(url, json={"text": "failed"})
    return new_state
@task(state_handlers=[post_to_slack])
def t(): pass
`},
		{name: "state handler broad", want: "warning", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def post_to_slack(task, old_state, new_state):
    try:
        url = Secret("SLACK_WEBHOOK_URL").get()
        requests.post(url, json={"text": "failed"})
    except Exception as exc:
        logger.exception(exc)
    return new_state
`},
		{name: "resource manager", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect import resource_manager
@resource_manager
class DB:
    def __init__(self, host):
        self.host = host
    def setup(self):
        self.password = Secret("DB_PASSWORD").get()
        return connect(self.host, self.password)
    def cleanup(self, conn):
        conn.close()
with Flow("x") as flow:
    with DB("h") as conn:
        pass
`},
		{name: "settings class", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class Settings:
    def __init__(self):
        self._cache = {}
    def secret(self, name, default=None):
        try:
            return Secret(name).get()
        except ValueError:
            return os.environ.get(name, default)
settings = Settings()
URL = settings.secret("DB_URL")
USER = settings.secret("DB_USER", "x")
`},
		{name: "settings class 2", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def get_secret(name, default=None):
    """get"""
    try:
        return Secret(name).get()
    except (ValueError, KeyError):
        if default is None:
            raise
        return default
x = get_secret("OTHER")
y = get_secret("FOO", default="bar")
`},
		{name: "config helper env first", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
def secret(name):
    value = os.environ.get(name)
    if value:
        return value
    return Secret(name).get()
x = secret("API_KEY")
`},
		{name: "argparse script", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import argparse, os
def main():
    p = argparse.ArgumentParser()
    p.add_argument("--local", action="store_true")
    args = p.parse_args()
    if args.local:
        with prefect.context(secrets={"API_KEY": "local"}):
            flow.run()
    else:
        flow.register("p")
@task
def t():
    return Secret("API_KEY").get()
`},
		{name: "argparse setting", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import argparse, os
def main():
    p = argparse.ArgumentParser()
    p.add_argument("--password")
    args = p.parse_args()
    prefect.context.setdefault("secrets", {})
    prefect.context["secrets"]["API_KEY"] = args.password
    flow.run()
@task
def t():
    return Secret("API_KEY").get()
`},
		{name: "pytest fixture context", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import pytest
@pytest.fixture(autouse=True)
def secrets():
    with prefect.context(secrets=dict(API_KEY="x")):
        yield
def test_a():
    assert Secret("API_KEY").get() == "x"
`},
		{name: "pytest parametrize", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import pytest
from prefect.utilities.configuration import set_temporary_config
def test_a():
    with set_temporary_config({"cloud.use_local_secrets": True}):
        with prefect.context(secrets={"API_KEY": "x"}):
            assert my_task.run() == 1
def test_missing():
    with pytest.raises(ValueError):
        Secret("API_KEY2").get()
@task
def my_task():
    return Secret("API_KEY").get()
`},
		{name: "unittest mock", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import unittest
from unittest import mock
class T(unittest.TestCase):
    def setUp(self):
        patcher = mock.patch("flows.my.Secret")
        self.secret = patcher.start()
        self.addCleanup(patcher.stop)
    def test_x(self):
        Secret("API_KEY").get()
`},
		{name: "unittest setUpClass env", want: "", module: `import os, unittest
os.environ.update({"PREFECT__CONTEXT__SECRETS__API_KEY": "x"})
from prefect.client import Secret
class T(unittest.TestCase):
    def test_x(self):
        self.assertEqual(Secret("API_KEY").get(), "x")
`},
		{name: "dotenv module then import", want: "note", module: `"""Flow."""
from pathlib import Path
from dotenv import find_dotenv, load_dotenv
load_dotenv(find_dotenv(), override=True)
import prefect
from prefect import task
@task
def t():
    return prefect.client.Secret("API_KEY").get()
`},
		{name: "dotenv if local", want: "note", module: `import os
if os.getenv("ENV", "local") == "local":
    import dotenv
    dotenv.load_dotenv(".env.local")
from prefect.client import Secret
Secret("API_KEY").get()
`},
		{name: "local settings exec env file", want: "note", module: `import os
with open(".env") as f:
    for line in f:
        k, _, v = line.strip().partition("=")
        os.environ[k] = v
from prefect.client import Secret
Secret("API_KEY").get()
`},
		{name: "os.environ prefix other", want: "error", module: `import os
for k in keys:
    os.environ["AWS_" + k] = v
from prefect.client import Secret
Secret("API_KEY").get()
`},
		{name: "json file env", want: "note", module: `import os, json
os.environ.update({f"PREFECT__CONTEXT__SECRETS__{k}": v for k, v in json.load(open("s.json")).items()})
from prefect.client import Secret
Secret("API_KEY").get()
`},
		{name: "vertex", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.run_configs import VertexRun
flow.run_config = VertexRun(image="x", env={"PREFECT__CONTEXT__SECRETS__API_KEY": KEY})
@task
def t(): return Secret("API_KEY").get()
`},
		{name: "k8s env merged", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.run_configs import KubernetesRun
env = {"A": "b"}
env.update({"PREFECT__CONTEXT__SECRETS__API_KEY": "x"})
flow.run_config = KubernetesRun(env=env)
@task
def t(): return Secret("API_KEY").get()
`},
		{name: "k8s secretKeyRef", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.run_configs import KubernetesRun
JOB = {"apiVersion": "batch/v1", "spec": {"template": {"spec": {"containers": [{"name": "flow", "env": [{"name": "PREFECT__CONTEXT__SECRETS__API_KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}]}}}}
flow.run_config = KubernetesRun(job_template=JOB)
@task
def t(): return Secret("API_KEY").get()
`},
		{name: "k8s yaml loaded", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import yaml
from prefect.run_configs import KubernetesRun
with open("job.yaml") as f:
    JOB = yaml.safe_load(f)
flow.run_config = KubernetesRun(job_template=JOB)
@task
def t(): return Secret("API_KEY").get()
`},
		{name: "ecs task def file", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import yaml
from prefect.run_configs import ECSRun
flow.run_config = ECSRun(task_definition_path="s3://b/task.yaml")
@task
def t(): return Secret("API_KEY").get()
`},
		{name: "dask k8s env", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.environments import DaskKubernetesEnvironment
env = DaskKubernetesEnvironment(scheduler_spec_file="s.yaml", worker_spec_file="w.yaml")
@task
def t(): return Secret("API_KEY").get()
`},
		{name: "run env function", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
from prefect.run_configs import UniversalRun
def build_env():
    env = {}
    for name in ("API_KEY", "DB"):
        env["PREFECT__CONTEXT__SECRETS__" + name] = os.environ[name]
    return env
flow.run_config = UniversalRun(env=build_env())
@task
def t(): return Secret("API_KEY").get()
`},
		{name: "localrun from environ", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
from prefect.run_configs import LocalRun
flow.run_config = LocalRun(env=dict(os.environ))
@task
def t(): return Secret("API_KEY").get()
`},
		{name: "retry loop", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import time
def get(name, tries=3):
    for i in range(tries):
        try:
            return Secret(name).get()
        except ValueError:
            time.sleep(1)
    return None
get("API_KEY")
`},
		{name: "cond callback", want: "error error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.utilities.notifications import slack_notifier
from functools import partial
handler = slack_notifier(only_states=[1], webhook_secret="SLACK_WEBHOOK_URL")
handler2 = partial(slack_notifier, webhook_secret="MISSING2")
`},
		{name: "task class", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class Load(prefect.Task):
    def __init__(self, secret_name="DB", **kw):
        self.secret_name = secret_name
        super().__init__(**kw)
    def run(self):
        return Secret(self.secret_name).get()
Load(secret_name="API_KEY")
`},
		{name: "prefect secret task", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.tasks.secrets import PrefectSecret
with Flow("x") as flow:
    s = PrefectSecret("API_KEY")
    t(s)
`},
		{name: "envvar secret", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.tasks.secrets import EnvVarSecret
with Flow("x") as flow:
    s = EnvVarSecret("API_KEY")
`},
		{name: "feature flag", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
if prefect.config.cloud.use_local_secrets:
    x = "local"
else:
    x = Secret("API_KEY").get()
`},
		{name: "choice env", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
ENV = os.getenv("ENV", "dev")
NAMES = {"dev": "OTHER", "prod": "PROD_KEY"}
Secret(NAMES[ENV]).get()
`},
		{name: "aws session", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.tasks.aws.s3 import S3Upload
up = S3Upload(bucket="x")
with Flow("f") as flow:
    up(data="x", credentials=prefect.tasks.secrets.PrefectSecret("AWS_CREDENTIALS"))
`},
		{name: "loop set_secret", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect import Client
client = Client()
for name, value in secrets.items():
    client.set_secret(name=name, value=value)
Secret("API_KEY").get()
`},
		{name: "exists ternary", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
key = Secret("API_KEY").get() if Secret("API_KEY").exists() else None
`},
		{name: "exists var", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
s = Secret("API_KEY")
if s.exists():
    v = s.get()
`},
		{name: "exists not-else", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
s = Secret("API_KEY")
if not s.exists():
    v = None
else:
    v = s.get()
`},
		{name: "context or", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
key = prefect.context.get("secrets", {}).get("API_KEY") or os.getenv("API_KEY")
`},
		{name: "context try", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
try:
    key = prefect.context.secrets["API_KEY"]
except (KeyError, AttributeError):
    key = None
`},
		{name: "get with default pattern", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def secret_or(name, default):
    return prefect.context.get("secrets", {}).get(name, default)
secret_or("API_KEY", "x")
`},
		{name: "env imported", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from settings import ENV
from prefect.run_configs import UniversalRun
flow.run_config = UniversalRun(env=ENV)
@task
def t(): return Secret("API_KEY").get()
`},
		{name: "env copy", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
from prefect.run_configs import UniversalRun
env = os.environ.copy()
env["PREFECT__CONTEXT__SECRETS__API_KEY"] = "x"
flow.run_config = UniversalRun(env=env)
@task
def t(): return Secret("API_KEY").get()
`},
		{name: "env no secrets", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.run_configs import UniversalRun
flow.run_config = UniversalRun(labels=["a"], env={"PREFECT__LOGGING__LEVEL": "DEBUG"})
@task
def t(): return Secret("API_KEY").get()
`},
		{name: "helper module try import", want: "error", module: `try:
    from prefect.client import Secret
except ImportError:
    Secret = None
def get(name):
    if Secret is None:
        return None
    return Secret(name).get()
k = get("API_KEY")
`},
		{name: "client in try import", want: "", module: `try:
    import prefect
    from prefect.client import Secret
    key = Secret("API_KEY").get()
except Exception:
    key = None
`},
		{name: "cached helper", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from functools import lru_cache
@lru_cache(maxsize=None)
def secret(name):
    return Secret(name).get()
def conn():
    try:
        return secret("API_KEY")
    except ValueError:
        return None
`},
		{name: "nested helper", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def _raw(name): return Secret(name).get()
def secret(name, default=None):
    try:
        return _raw(name)
    except ValueError:
        return default
secret("API_KEY")
secret(name="B")
`},
		{name: "nested helper no handler", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def _raw(name): return Secret(name).get()
def secret(name):
    return _raw(name)
secret("API_KEY")
`},
		{name: "retry decorator unknown", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from tenacity import retry
@retry(stop=3)
def secret(): return Secret("API_KEY").get()
try:
    secret()
except Exception:
    pass
`},
		{name: "thread pool", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from concurrent.futures import ThreadPoolExecutor
def read(): return Secret("API_KEY").get()
with ThreadPoolExecutor() as pool:
    fut = pool.submit(read)
    try:
        fut.result()
    except ValueError:
        pass
`},
		{name: "dataclass", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from dataclasses import dataclass, field
@dataclass
class Config:
    password: str = field(default_factory=lambda: Secret("API_KEY").get())
`},
		{name: "pydantic settings", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from pydantic import BaseSettings
class S(BaseSettings):
    db_secret: str = "API_KEY"
s = S()
Secret(s.db_secret).get()
`},
		{name: "const module class", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class Names:
    PREFIX = "PROD"
    DB = PREFIX + "_DB"
class Reader:
    names = Names
    def go(self):
        return Secret(Names.DB).get()
`},
		{name: "fstring env", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
env = os.environ["ENV"]
Secret(f"DB_{env}").get()
`},
		{name: "loop over dict items", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
SECRETS = {"user": "OTHER", "password": "DB_PASSWORD"}
creds = {k: Secret(v).get() for k, v in SECRETS.items()}
`},
		{name: "loop enumerate zip", want: "error error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
for i, n in enumerate(["A1", "OTHER"]):
    Secret(n).get()
for a, b in zip(["OTHER", "A2"], [1, 2]):
    Secret(a).get()
`},
		{name: "loop cope inside", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
out = {}
for n in ["A1", "A2"]:
    try:
        out[n] = Secret(n).get()
    except ValueError:
        continue
`},
		{name: "loop guarded", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
out = [Secret(n).get() for n in ["A1", "A2"] if Secret(n).exists()]
out = [prefect.context.secrets[n] for n in ["A1", "A2"] if n in prefect.context.secrets]
for n in ["A1", "A2"]:
    if not Secret(n).exists():
        continue
    Secret(n).get()
`},
		{name: "append names", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
NAMES = ["A1"]
NAMES.append(x)
for n in NAMES: Secret(n).get()
`},
		{name: "any missing", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def f():
    if any(not Secret(n).exists() for n in ("A1", "A2")):
        return
    Secret("A1").get()
`},
		{name: "not all", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def f():
    if not all(Secret(n).exists() for n in ["A1", "A2"]):
        return None
    return Secret("A1").get(), Secret("A2").get()
`},
		{name: "set minus", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
REQUIRED = {"A1"}
missing = REQUIRED - set(prefect.context.secrets)
if missing:
    raise SystemExit(missing)
Secret("A1").get()
`},
		{name: "pytestmark", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import pytest
pytestmark = pytest.mark.skipif(not Secret("A1").exists(), reason="needs secret")
def test_x():
    Secret("A1").get()
`},
		{name: "pytestmark list", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import pytest
pytestmark = [pytest.mark.integration, pytest.mark.skipif("A1" not in prefect.context.get("secrets", {}), reason="needs secret")]
class TestX:
    def test_x(self):
        Secret("A1").get()
`},
		{name: "skip env var", want: "", module: `import os, pytest
from prefect.client import Secret
@pytest.mark.skipif("PREFECT__CONTEXT__SECRETS__A1" not in os.environ, reason="x")
def test_x():
    Secret("A1").get()
`},
		{name: "skipUnless", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import unittest
@unittest.skipUnless(Secret("A1").exists(), "x")
class T(unittest.TestCase):
    def test_x(self): Secret("A1").get()
`},
		{name: "importorskip style module", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import pytest
if not Secret("A1").exists():
    pytest.skip("no", allow_module_level=True)
def test_x(): Secret("A1").get()
`},
		{name: "with context multi", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
with prefect.context({"secrets": {"A1": 1}}), Flow("f") as flow:
    pass
with prefect.context(today="x", secrets={"A1": "x"}) as ctx:
    t.run()
@task
def t(): return Secret("A1").get()
`},
		{name: "context update fn", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def set_secrets(**kw):
    prefect.context.setdefault("secrets", {}).update(kw)
set_secrets(A1="x")
Secret("A1").get()
`},
		{name: "context loop", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
for k, v in load().items():
    prefect.context.secrets[k] = v
Secret("A1").get()
`},
		{name: "flow run params ctx var", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
ctx = {"secrets": {"A1": 1}, "x": 1}
state = flow.run(context=ctx, parameters={"a": 1})
@task
def t(): return Secret("A1").get()
`},
		{name: "flow run context none", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
state = flow.run(context=None)
@task
def t(): return Secret("A1").get()
`},
		{name: "subprocess run", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import subprocess
subprocess.run(["ls"], env={"A": "b"})
Secret("A1").get()
`},
		{name: "monkeypatch client query", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from unittest.mock import MagicMock, patch
@patch("prefect.Client")
def test_a(client):
    Secret("A1").get()
`},
		{name: "requests_mock", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def test_a(requests_mock):
    requests_mock.post("https://api", json={})
    Secret("A1").get()
`},
		{name: "responses with", want: "note", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import responses
def test_a():
    with responses.RequestsMock() as r:
        r.add("POST", "x")
        Secret("A1").get()
`},
		{name: "fixture mocks Secret class", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import pytest
@pytest.fixture
def secrets(monkeypatch):
    monkeypatch.setattr("prefect.client.secrets.Secret.get", lambda self: "x")
def test_a(secrets):
    Secret("A1").get()
`},
		{name: "mapped helper in building", want: "error:read-while-building", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def load_names():
    return [Secret(n).get() for n in ("OTHER",)]
with Flow("x") as flow:
    t.map(load_names())
`},
		{name: "building in task decorated", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
with Flow("x") as flow:
    @task
    def t():
        return Secret("OTHER").get()
    t()
`},
		{name: "flow factory", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def build(name):
    key = Secret("OTHER").get()
    with Flow(name) as flow:
        t(key)
    return flow
`},
		{name: "switch/case/merge", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect import case
with Flow("x") as flow:
    with case(cond(), True):
        r = t(prefect.tasks.secrets.PrefectSecret("OTHER"))
`},
		{name: "local flow name shadow", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class Secret2:
    def __init__(self, n): pass
    def get(self): return 1
Secret2("A1").get()
`},
		{name: "own subclass with fallback", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
import os
class EnvSecret(Secret):
    def get(self):
        try:
            return super().get()
        except ValueError:
            return os.environ.get(self.name)
EnvSecret("A1").get()
`},
		{name: "own subclass plain", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class MySecret(Secret):
    """docs"""
MySecret("A1").get()
`},
		{name: "walrus", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
if (s := Secret("A1")).exists():
    v = s.get()
if (v := prefect.context.get("secrets", {}).get("A1")) is not None:
    use(v)
`},
		{name: "logging secret missing translate", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class ConfigError(RuntimeError): pass
def need(name):
    try:
        return Secret(name).get()
    except ValueError as exc:
        raise ConfigError(f"{name} missing") from exc
def main():
    try:
        need("A1")
    except ConfigError as e:
        print(e)
        return 1
`},
		{name: "translate to RuntimeError unhandled", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
def need(name):
    try:
        return Secret(name).get()
    except ValueError as exc:
        raise RuntimeError(f"{name} missing") from exc
need("A1")
`},
		{name: "translate handled by parent", want: "", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
class Base(Exception): pass
class Missing(Base): pass
try:
    try: Secret("A").get()
    except ValueError: raise Missing()
except Base:
    pass
`},
		{name: "signals FAIL", want: "error", module: `from prefect import Flow, task
from prefect.client import Secret
import prefect
from prefect.engine import signals
@task
def t():
    try: Secret("A").get()
    except ValueError:
        raise signals.FAIL("x")
`},
	})
}
