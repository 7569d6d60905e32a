import os
from os import environ
from unittest import mock

os.environ["PREFECT__CONTEXT__SECRETS__A"] = "x"
environ.setdefault("PREFECT__CONTEXT__SECRETS__B", "x")
os.environ.update({"PREFECT__CONTEXT__SECRETS__C": "x", "OTHER": "y"}, PREFECT__CONTEXT__SECRETS__D="x")
os.putenv("PREFECT__CONTEXT__SECRETS__E", "x")
os.environ["HOME"] = "x"

import prefect
from prefect import Client
from prefect.run_configs import DockerRun, ECSRun, KubernetesRun, LocalRun, UniversalRun
from prefect.storage import Docker
from prefect.utilities.configuration import set_temporary_config

os.environ["PREFECT__CONTEXT__SECRETS__F"] = "x"
ENV = {"PREFECT__CONTEXT__SECRETS__G": "x"}
UniversalRun(env={**ENV, "PREFECT__CONTEXT__SECRETS__H": "x", "OTHER": 1})
KubernetesRun(env=dict(PREFECT__CONTEXT__SECRETS__I="x"))
Docker(env_vars={"PREFECT__CONTEXT__SECRETS__J": "x"})
prefect.tasks.shell.ShellTask(env={"PREFECT__CONTEXT__SECRETS__K": "x"})
Client().set_secret("L", "x")
client = Client()
client.set_secret(name="M", value="x")
other.set_secret("N", "x")
prefect.context["secrets"] = {"O": 1}
prefect.context.secrets = dict(P=1)
prefect.context.setdefault("secrets", {})["Q"] = 1
prefect.context.setdefault("secrets", {"R": 1})
prefect.context.update({"secrets": {"S": 1}})
with prefect.context({"secrets": {"T": 1}}) as ctx:
    ctx.secrets["U"] = 1
    ctx["secrets"]["V"]
with set_temporary_config({"context.secrets.W": 1, "context.secrets": {"X": 1}, "context": {"secrets": {"Y": 1}}, "cloud.api": 2}):
    pass
prefect.config.context.secrets["Z"] = 1


def test(monkeypatch):
    monkeypatch.setenv("PREFECT__CONTEXT__SECRETS__AA", "x")
    with mock.patch.dict(os.environ, {"PREFECT__CONTEXT__SECRETS__BB": "x"}):
        pass
