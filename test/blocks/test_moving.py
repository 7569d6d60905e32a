"""What docs/moving-to-prefect-3.md shows: the same secrets in `serve` and in Prefect 3, for flows of Prefect 1 and 3."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest
import servers
import yaml
from conftest import BIN

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/moving-to-prefect-3.md"
FIXTURE = ROOT / "fixtures/moving"
SECRETS = (ROOT / "fixtures/ci-secrets.json").read_text()
OLD, NEW = "https://secrets.example.com", "https://prefect.example.com/api"


class Site:
    """A repository that moves, a store of each kind, and their keys."""

    def __init__(self, command, server, old):
        self.command, self.server, self.old = command, server, old
        command.write("admin.key", old["admin_key"])
        command.write("prefect3.key", server.auth)
        command.write("secrets.json", SECRETS)
        shutil.copytree(FIXTURE / "flows", command.dir / "flows")

    def manifest(self, text):
        assert OLD in text and NEW in text
        self.command.write("prefect-secrets.toml", self.local(text))

    def local(self, text):
        return text.replace(OLD, self.old["url"]).replace(NEW, self.server.url)

    def client1(self):
        """The environment of a flow of Prefect 1."""
        return {
            "PATH": os.environ["PATH"], "HOME": str(self.command.dir), "PYTHONWARNINGS": "ignore", "PREFECT__BACKEND": "cloud",
            "PREFECT__CLOUD__USE_LOCAL_SECRETS": "false", "PREFECT__CLOUD__API": self.old["url"],
            "PREFECT__CLOUD__API_KEY": self.old["runner_key"],
        }


@pytest.fixture
def site(server3, command):
    ready = command.dir / "ready.json"
    with open(command.dir / "serve.log", "wb") as log:
        serve = subprocess.Popen(
            [BIN, "serve", "--dev", "--listen", "127.0.0.1:0", "--ready-file", str(ready)], stdout=log, stderr=log, env={"HOME": str(command.dir)})
    try:
        while not (ready.exists() and ready.read_text().endswith("\n")):
            assert serve.poll() is None, "serve ended"
            time.sleep(0.05)
        yield Site(command, server3, json.loads(ready.read_text()))
    finally:
        serve.send_signal(signal.SIGTERM)
        serve.wait(30)


def flow(venv, path, env):
    done = subprocess.run([venv / "bin/python", path], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out = done.stdout.decode()
    assert done.returncode == 0, out
    return re.search("connected as .*", out).group()


def test_both_stores_give_the_same(site):
    site.manifest((FIXTURE / "prefect-secrets.toml").read_text())
    for environment, key in (("prefect1", "admin.key"), ("prefect3", "prefect3.key")):
        site.command.ok("sync", "--environment", environment, "--secrets-file", "secrets.json", "--api-key-file", key)
    names = [n for n, value in json.loads(SECRETS).items() if value and n not in ("github_token", "CODECOV_TOKEN")]
    stored = {n: n.lower().replace("_", "-") for n in names}
    assert set(site.server.documents()) == set(stored.values())
    old, new = servers.read_with("1", names, site.client1()), site.server.read(stored.values())
    different = [n for n in names if old[n] != new[stored[n]] or old[n].startswith("!")]
    assert not different, "the two flows get different values of %s" % different
    said = flow(servers.VENV["1"], site.command.dir / "flows/mail.py", site.client1())
    assert said == flow(servers.VENV["3"], site.command.dir / "flows/report.py", site.server.client())


def shown(language):
    return re.findall(r"^```%s\n(.*?)^```$" % language, PAGE.read_text(), re.S | re.M)


def test_the_page(site):
    """Every block of the page, in order of use."""
    (manifest,), (workflow,), commands = shown("toml"), shown("yaml"), shown("sh")
    site.manifest(manifest)
    printed = [shell(site, block) for block in commands]
    assert "email-password" in printed[0] and not site.server.documents()

    job = yaml.safe_load(workflow)["jobs"]["sync"]
    secrets = {**json.loads(SECRETS), "PREFECT_SECRETS_API_KEY": site.old["admin_key"], "PREFECT_3_API_KEY": site.server.auth}
    steps = [step["with"] for step in job["steps"] if "prefect-secrets" in step["uses"]]
    assert [step["environment"] for step in steps] == ["prefect1", "prefect3"]
    for step in steps:
        done = site.command.action(**{name: expression(site.local(value), secrets) for name, value in step.items()})
        assert done.code == 0 and done.outputs["created-count"] == "3", done.shown
    names = ["SLACK_WEBHOOK_URL", "EMAIL_PASSWORD", "SNOWFLAKE_CREDS"]
    assert set(site.server.documents()) == {n.lower().replace("_", "-") for n in names}
    assert site.server.read(["email-password"]) == {"email-password": servers.read_with("1", names, site.client1())["EMAIL_PASSWORD"]}

    (used,) = shown("text")
    assert used in printed[1], printed[1]
    assert len(shown("[a-z]+")) == 5, "a block of the page is not tried"


def shell(site, block):
    env = {"PATH": os.pathsep.join([str(pathlib.Path(BIN).parent), os.environ["PATH"]]), "HOME": str(site.command.dir)}
    link = site.command.dir / "bin/prefect-secrets"
    link.parent.mkdir(exist_ok=True)
    link.exists() or link.symlink_to(BIN)
    env["PATH"] = "%s:%s" % (link.parent, env["PATH"])
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=site.command.dir, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out = done.stdout.decode()
    assert done.returncode == 0, out
    return out


def expression(value, secrets):
    """An input as the runner evaluates it."""
    named = re.fullmatch(r"\$\{\{ secrets\.(\w+) \}\}", str(value))
    if named:
        return secrets[named.group(1)]
    return json.dumps(secrets) if value == "${{ toJSON(secrets) }}" else str(value)
