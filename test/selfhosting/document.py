"""Runs the commands of docs/self-hosting.md. See run.sh.

A block after the comment `<!-- serve: URL -->` is a server: it goes on in the background, and the next block waits for
it to be ready. `<!-- stop -->` ends those that run. The block after `<!-- agent -->` goes on until a flow run has ended
that the scripted Prefect Server schedules. Addresses of the document are replaced by free ones of this machine.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "upstream"))
from server import PrefectServer  # noqa: E402

BLOCK = re.compile(r"(?:<!-- (serve: \S+|stop|agent) -->\n+)?```sh\n(.*?)^```$|<!-- (stop) -->", re.S | re.M)
SECRET = "correct horse"


def fail(text):
    raise SystemExit("self-hosting: " + text)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait(what, until, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if until():
            return
        time.sleep(0.1)
    fail("%s did not come about in %d s" % (what, seconds))


def ready(url, certificate):
    try:
        trust = ssl.create_default_context(cafile=certificate) if url.startswith("https:") else None
        with urllib.request.urlopen(url + "/readyz", timeout=5, context=trust) as answer:
            return answer.status == 200
    except OSError:
        return False


class Run:
    def __init__(self, options):
        self.options, self.work = options, pathlib.Path(options.work)
        self.shell_env = {
            "PATH": os.pathsep.join([os.path.join(options.work, "home"), options.bin, options.venv, os.environ["PATH"]]), "HOME": os.environ["HOME"],
            "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore",
        }
        self.background, self.replaced, self.ports, self.blocks, self.umask = [], {}, {}, 0, "022"
        # The environment was made under another name, which its own scripts still have in their first line.
        shim = pathlib.Path(options.work, "home", "prefect")
        shim.write_text('#!/bin/sh\nexec python -m prefect "$@"\n')
        shim.chmod(0o755)
        (self.work / "functions").touch()

    def start(self, name, command):
        log = open(self.work / (name + ".out"), "ab")
        process = subprocess.Popen(command, cwd=self.work, env=self.shell_env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        self.background.append(process)
        return process

    def alive(self):
        for process in self.background:
            if process.poll() is not None:
                fail("a server of the document ended with exit code %d; see %s" % (process.returncode, self.work))

    def stop(self):
        for process in reversed(self.background):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.background:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        self.background = []

    def start_vault(self):
        ready_file = self.work / "vault.json"
        vault = self.start("vault", [self.options.vault, "-ready", str(ready_file)])
        self.background.remove(vault)
        wait("vault", ready_file.exists)
        told = json.loads(ready_file.read_text())
        self.replaced["http://127.0.0.1:8200"] = told["address"]
        token = self.work / "home" / ".vault-token"
        token.write_text(told["token"])
        token.chmod(0o600)
        return vault

    def local(self, text):
        """The text with free ports of this machine, and with the addresses of what stands in for other machines."""
        for shown, real in self.replaced.items():
            text = text.replace(shown, real)
        return re.sub(r"\b((?:127\.0\.0\.1|0\.0\.0\.0|localhost):)(42\d\d)\b", lambda m: m.group(1) + self.port(m.group(2)), text)

    def port(self, shown):
        if shown not in self.ports:
            self.ports[shown] = str(free_port())
        return self.ports[shown]

    def shell(self, text):
        """Runs a block in a shell of its own; the blocks after it have its exports, its functions and its umask."""
        kept, mask, functions = self.work / "exported", self.work / "umask", self.work / "functions"
        script = "set -euo pipefail\numask %s\nsource %s\n%s\nenv -0 > %s\numask > %s\ndeclare -f > %s\n" % (
            self.umask, functions, text, kept, mask, functions)
        done = subprocess.run(["bash", "-c", script], cwd=self.work, env=self.shell_env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.transcript(text, done.stdout)
        if done.returncode != 0:
            fail("exit code %d of\n%s\n%s" % (done.returncode, text, done.stdout.decode(errors="replace")))
        exported = dict(entry.split("=", 1) for entry in kept.read_text().split("\0") if "=" in entry)
        self.umask = mask.read_text().strip()
        self.shell_env = {k: v for k, v in exported.items() if k not in ("_", "PWD", "OLDPWD", "SHLVL")}
        return done.stdout.decode(errors="replace")

    def transcript(self, text, out):
        with open(self.work / "transcript", "ab") as log:
            log.write(b"$ " + text.encode() + out)

    def agent(self, text):
        run = str(uuid.uuid4())
        self.upstream.schedule(run, {})
        self.start("agent", ["bash", "-c", "exec 2>&1\n" + text])
        ends = ("Success", "Failed")
        wait("the end of the flow run", lambda: self.alive() or self.upstream.states(run)[-1] in ends, 180)
        if self.upstream.states(run)[-1] != "Success":
            fail("the flow run ended as %s:\n%s" % (self.upstream.states(run), (self.work / "agent.out").read_text()))
        wait("the log of the flow run", lambda: "connecting as etl" in (self.work / "agent.out").read_text())
        for seen in self.upstream.seen:
            if "authorization" in {name.lower() for name in seen.headers} or SECRET in seen.request.decode():
                fail("the upstream got a key or a value")

    def flow(self):
        """The flow of the document, as Prefect Server keeps it once it is registered."""
        from prefect.run_configs import UniversalRun
        from prefect.storage import Local

        path = str(self.work / "flow.py")
        storage = Local(stored_as_script=True, path=path, add_default_labels=False)
        storage.flows["etl"] = path
        return {
            "id": "4c6c0ad2-4f7c-4a86-8a53-7b1c53bd8a11", "name": "etl", "environment": None, "version": 1, "core_version": "1.4.1",
            "storage": storage.serialize(), "run_config": UniversalRun().serialize(), "settings": {"heartbeat_enabled": True},
            "project": {"name": "suite", "id": "0a0f7a52-0f2f-4a3c-8f4f-0c8f6a3b1d11"},
        }

    def document(self):
        self.upstream = PrefectServer(self.flow())
        self.replaced["http://apollo:4200"] = self.upstream.url
        text = pathlib.Path(self.options.document).read_text()
        waiting = None
        for match in BLOCK.finditer(text):
            kind, block = match.group(1) or match.group(3) or "", match.group(2)
            if waiting:
                wait(waiting + " to be ready", lambda: self.alive() or ready(waiting, self.work / "tls.crt"))
                waiting = None
            if kind == "stop":
                self.stop()
                continue
            self.blocks += 1
            if kind.startswith("serve: ") and "--listen" not in block:
                block = block.rstrip("\n") + " --listen 127.0.0.1:4200\n"  # the default, of which local makes a free one
            block = self.local(block)
            if kind.startswith("serve: "):
                waiting = self.local(kind[len("serve: "):])
                self.start("serve-%d" % self.blocks, ["bash", "-c", "umask %s; exec %s" % (self.umask, block.lstrip())])
            elif kind == "agent":
                self.agent(block)
            else:
                self.check(block, self.shell(block))

    def check(self, block, out):
        if "prefect-secrets names" in block and "DATABASE" not in out:
            fail("DATABASE is not among the names:\n" + out)
        if "python flow.py" in block and "connecting as etl" not in out:
            fail("the flow did not get its secret:\n" + out)

    def readme(self):
        """The README's block that runs a flow, against the server that the document has left running."""
        text = pathlib.Path(self.options.readme).read_text()
        block = next(b for b in re.findall(r"^```sh\n(.*?)^```$", text, re.S | re.M) if "python flow.py" in b)
        self.ports["4200"] = self.ports["4201"]
        block = self.local(block)
        self.check(block, self.shell(block))

    def policy(self):
        """The policy of the document is the one that test/vault tries, but for its comments."""
        rules = [line for line in pathlib.Path(self.options.policy).read_text().splitlines() if line and not line.startswith("#")]
        if (self.work / "vault-policy.hcl").read_text().splitlines() != rules:
            fail("the document has another policy than docs/vault-policy.hcl")

    def canaries(self):
        """No log, audit log, backup or store holds a value, a key, or a part of one."""
        keys = [(self.work / name).read_text().strip() for name in ("admin.key", "runner.key", "store.key", "token.secret", "secret-id")]
        for path in self.work.iterdir():
            if path.suffix in (".log", ".out", ".db", ".backup", ".toml") or path.name == "transcript":
                content = path.read_bytes()
                # The document itself writes the value in two of its commands.
                words = keys + ([] if path.name == "transcript" else [SECRET])
                for word in words:
                    if word.encode() in content:
                        fail("%s holds a value or a key" % path.name)


def main():
    parser = argparse.ArgumentParser()
    for name in ("document", "readme", "policy", "bin", "venv", "vault", "work"):
        parser.add_argument("--" + name, required=True)
    run = Run(parser.parse_args())
    vault = run.start_vault()
    try:
        run.document()
        run.readme()
        run.policy()
        run.canaries()
    finally:
        run.stop()
        vault.terminate()
        vault.wait()
    shown = len(re.findall(r"^```sh$", pathlib.Path(run.options.document).read_text(), re.M))
    if run.blocks != shown or run.blocks < 15:
        fail("%d of %d blocks were run" % (run.blocks, shown))
    print("self-hosting: all %d blocks of the document ran" % run.blocks)


main()
