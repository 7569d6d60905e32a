"""Measures sync and the start of processes, against Prefect's own client. See run.sh."""
import argparse
import json
import pathlib
import tempfile

from measured import Run, Server, in_turns, instructions, write_secrets

LOOP = str(pathlib.Path(__file__).with_name("client_loop.py"))
CONFIG = '[cloud]\nuse_local_secrets = false\n[context.secrets]\nA = "$A"\n'

# For each number of secrets and delay of a request: rounds of ours, and of the client, which takes 52 s for the second.
ROWS = [(100, 50, 11, 5), (1000, 50, 11, 2), (10, 0, 11, 5), (100, 0, 11, 11), (1000, 0, 11, 3), (10_000, 0, 5, 1), (100_000, 0, 3, 0)]


class Bench:
    def __init__(self, options, server, work):
        self.options, self.server, self.work = options, server, work

    def sync(self, n, delay):
        self.server.reset(delay / 1000)
        command = [self.options.bin, "sync", "--api-url", self.server.ready["url"], "--secrets-file", write_secrets(self.work, n), "--format", "json"]
        run = Run(command, self.server.environment(), self.work)
        document = json.loads(run.out)
        assert document["summary"]["created"] == n, "the sync did not create them all"
        return dict(run.metrics(), **{"requests/op": document["requests"]})

    def client(self, n, delay):
        self.server.reset(delay / 1000)
        run = Run([self.options.python, LOOP, write_secrets(self.work, n)], self.server.environment(), self.work)
        return dict(run.metrics(), **{"loop-ns/op": float(run.out) * 1e9, "requests/op": n})

    def rows(self):
        for n, delay, ours, theirs in ROWS:
            name = "CommandSync/secrets=%d,delay=%dms/" % (n, delay)
            in_turns(
                min(ours, self.options.rounds),
                (name + "prefect-secrets", lambda: self.sync(n, delay)),
                (name + "client", lambda: self.client(n, delay), min(theirs, self.options.rounds)),
            )

    def start(self):
        env = self.server.environment()
        config = self.work / "config.toml"
        config.write_text(CONFIG)
        commands = [
            ("CommandStart/version/prefect-secrets", [self.options.bin, "version"]),
            ("CommandStart/check/prefect-secrets", [self.options.bin, "check", str(config)]),
            ("CommandStart/check/import-prefect", [self.options.python, "-c", "import prefect"]),
        ]
        in_turns(3 * self.options.rounds, *((name, lambda c=command: Run(c, env, self.work).metrics()) for name, command in commands))
        for name, command in commands:
            instructions(name, command, env, self.work)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        with Server(options.bin, work) as server:
            bench = Bench(options, server, work)
            bench.start()
            bench.rows()


if __name__ == "__main__":
    main()
