"""Times prefect-secrets against Prefect's own client, pair by pair, on one server. See run.sh."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
import urllib.request

DELAY = 0.05  # seconds that the API takes a request where a row says 50 ms


class Server:
    """serve --dev, which counts calls and takes time as it is told."""

    def __init__(self, binary, work):
        ready = work / "ready.json"
        self.process = subprocess.Popen(
            [binary, "serve", "--dev", "--listen", "127.0.0.1:0", "--ready-file", str(ready)], stdout=subprocess.DEVNULL
        )
        while not ready.exists():
            if self.process.poll() is not None:
                raise SystemExit("bench: serve --dev did not start")
            time.sleep(0.02)
        self.ready = json.loads(ready.read_text())

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

    def reset(self, delay):
        self.order("reset")
        if delay:
            self.order("faults", {"match": {}, "fault": {"delay": delay}})

    def environment(self):
        return {
            "PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PYTHONWARNINGS": "ignore", "PREFECT_SECRETS_API_KEY": self.ready["admin_key"],
            "PREFECT__BACKEND": "cloud", "PREFECT__CLOUD__API": self.ready["url"], "PREFECT__CLOUD__API_KEY": self.ready["admin_key"],
            "PREFECT__CLOUD__TENANT_ID": self.ready["tenant_id"],
        }


def timed(command, env, cwd):
    began = time.perf_counter()
    done = subprocess.run(command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        raise SystemExit("bench: %s exited with %d" % (command[:2], done.returncode))
    return seconds, done.stdout


def pairs(rounds, ours, theirs):
    """Medians of both, measured in turns, so that a busy moment hits both."""
    a, b = [], []
    for _ in range(rounds):
        a.append(ours())
        b.append(theirs())
    return statistics.median(a), statistics.median(b)


def shown(seconds):
    return "%.1f ms" % (seconds * 1000) if seconds < 1 else "%.2f s" % seconds


class Bench:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.server = Server(options.bin, work)
        self.rows = []
        self.requests = 0

    def secrets(self, n):
        path = self.work / ("secrets-%d.json" % n)
        if not path.exists():
            path.write_text(json.dumps({"SECRET_%05d" % i: "value number %d" % i for i in range(n)}))
        return str(path)

    def sync(self, n, delay):
        self.server.reset(delay)
        command = [self.options.bin, "sync", "--api-url", self.server.ready["url"], "--secrets-file", self.secrets(n), "--format", "json"]
        seconds, out = timed(command, self.server.environment(), self.work)
        document = json.loads(out)
        assert document["summary"]["created"] == n, "the sync did not create them all"
        self.requests = document["requests"]
        return seconds

    def client(self, n, delay, whole):
        self.server.reset(delay)
        loop = str(pathlib.Path(__file__).with_name("client_loop.py"))
        seconds, out = timed([self.options.python, loop, self.secrets(n)], self.server.environment(), self.work)
        return seconds if whole else float(out)

    def row(self, what, ours, theirs, target, requests=""):
        ratio = theirs / ours
        self.rows.append("| %s | %s | %s | %.0f× | %s, %s | %s |" % (what, shown(ours), shown(theirs), ratio, target, verdict(ratio >= target_of(target)), requests))
        print(self.rows[-1], flush=True)

    def against_client(self, n, delay, rounds, target, whole):
        ours, theirs = pairs(rounds, lambda: self.sync(n, delay), lambda: self.client(n, delay, whole))
        what = "%d secrets, %d ms a request" % (n, delay * 1000)
        self.row(what, ours, theirs, target, self.requests)

    def start(self):
        env = self.server.environment()
        version = statistics.median(timed([self.options.bin, "version"], env, self.work)[0] for _ in range(100))
        self.rows.append("| `prefect-secrets version` | %s | | | at most 10 ms, %s | |" % (shown(version), verdict(version <= 0.010)))
        print(self.rows[-1], flush=True)
        config = self.work / "config.toml"
        config.write_text('[cloud]\nuse_local_secrets = false\n[context.secrets]\nA = "$A"\n')
        ours, theirs = pairs(
            15,
            lambda: timed([self.options.bin, "check", str(config)], env, self.work)[0],
            lambda: timed([self.options.python, "-c", "import prefect"], env, self.work)[0],
        )
        self.row("`check` of one config, against `import prefect`", ours, theirs, "50×")

    def linear(self):
        lines = ["| secrets | time | requests | time a secret |", "| ---: | ---: | ---: | ---: |"]
        for n in (10, 100, 1000, 10000):
            seconds = statistics.median(self.sync(n, 0) for _ in range(9 if n < 10000 else 3))
            lines.append("| %d | %s | %d | %.3f ms |" % (n, shown(seconds), self.requests, seconds * 1000 / n))
        return lines


def target_of(text):
    return float(text.rstrip("×"))


def verdict(met):
    return "met" if met else "not met"


def main():
    parser = argparse.ArgumentParser()
    for name in ("bin", "python", "release"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(options, pathlib.Path(work))
        try:
            print("| what | prefect-secrets | Prefect %s | ratio | target | requests |\n| --- | ---: | ---: | ---: | --- | ---: |" % options.release)
            bench.against_client(100, DELAY, 5, "30×", whole=False)
            if not options.quick:
                bench.against_client(1000, DELAY, 2, "200×", whole=False)
            bench.against_client(100, 0, 15, "50×", whole=True)
            bench.start()
            print("\n" + "\n".join(bench.linear()))
        finally:
            bench.server.process.terminate()


if __name__ == "__main__":
    main()
