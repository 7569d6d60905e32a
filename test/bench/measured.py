"""What the programs of this directory share: a server that counts calls, and samples in the format of Go's benchmarks."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.request


class Server:
    """serve --dev, which counts calls and takes as long as it is told."""

    def __init__(self, binary, work):
        ready = work / "ready.json"
        command = [binary, "serve", "--dev", "--listen", "127.0.0.1:0", "--ready-file", str(ready)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not ready.exists():
            if self.process.poll() is not None:
                raise SystemExit("bench: serve --dev did not start")
            time.sleep(0.02)
        self.ready = json.loads(ready.read_text())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def order(self, path, body=None):
        request = urllib.request.Request(
            self.ready["url"] + "/_testkit/" + path,
            data=json.dumps(body or {}).encode(),
            headers={"Authorization": "Bearer " + self.ready["admin_key"], "Content-Type": "application/json"},
        )
        if path == "calls":
            request.method, request.data = "GET", None
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"{}")

    def reset(self, delay=0.0):
        self.order("reset")
        if delay:
            self.order("faults", {"match": {}, "fault": {"delay": delay}})

    def environment(self):
        return {
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "PYTHONWARNINGS": "ignore",
            "PREFECT_SECRETS_API_KEY": self.ready["admin_key"],
            "PREFECT__BACKEND": "cloud",
            "PREFECT__CLOUD__API": self.ready["url"],
            "PREFECT__CLOUD__API_KEY": self.ready["admin_key"],
            "PREFECT__CLOUD__TENANT_ID": self.ready["tenant_id"],
        }


class Run:
    """A process from its start to its exit: elapsed seconds, seconds of CPU time, output, peak memory in bytes, which
    Linux never reports smaller than this process's own, about 20 MB."""

    def __init__(self, command, env=None, cwd=None, codes=(0,)):
        with tempfile.TemporaryFile() as out:
            began = time.perf_counter()
            process = subprocess.Popen(command, env=env, cwd=cwd, stdout=out, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            self.out = out.read()
        if process.returncode not in codes:
            raise SystemExit("bench: %s exited with %d" % (command[:2], process.returncode))
        self.cpu, self.peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024

    def metrics(self):
        return {"ns/op": self.wall * 1e9, "cpu-ns/op": self.cpu * 1e9, "peak-MB": self.peak / 1e6}


def sample(name, **metrics):
    """Prints a line as go test -bench does."""
    print("Benchmark%s\t1" % name + "".join("\t%.6g %s" % (value, unit) for unit, value in metrics.items()), flush=True)


def in_turns(rounds, *runs):
    """Runs each in turn, so that a busy moment of the machine hits all of them. A run is a name and a function that
    returns metrics; a third item is how many rounds it takes, if fewer."""
    for turn in range(rounds):
        for name, measure, *most in runs:
            if not most or turn < most[0]:
                sample(name, **measure())


def instructions(name, command, env=None, cwd=None, codes=(0,)):
    """Prints the instructions of a process where the machine counts them. A virtual machine often does not."""
    with tempfile.NamedTemporaryFile("r") as counted:
        perf = ["perf", "stat", "-x,", "-e", "instructions:u", "-o", counted.name, "--"]
        try:
            Run(perf + command, env, cwd, codes)
        except FileNotFoundError:
            return
        if count := re.search(r"^(\d+),.*instructions", counted.read(), re.MULTILINE):
            sample(name, **{"instructions/op": int(count[1])})


def write_secrets(work, n):
    path = pathlib.Path(work) / ("secrets-%d.json" % n)
    path.write_text(json.dumps({"SECRET_%05d" % i: "value number %d" % i for i in range(n)}))
    return str(path)
