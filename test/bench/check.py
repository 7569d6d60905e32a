"""Measures check of many configs against bare parses of the same files, and how its time grows. See run.sh."""
import argparse
import os
import pathlib
import sys
import tempfile

from measured import Run, in_turns, instructions

CODES = (0, 1)  # of check, with findings or without
BARE = "import sys, toml\nfor name in sys.argv[1:]: toml.load(name)"
LEVELS = ("INFO", "DEBUG", "WARNING")
SECRETS = (
    'SECRET_{n}_{k} = "value of secret {k}"',
    'SECRET_{n}_{k} = "$SECRET_{k}"',
    'SECRET_{n}_{k} = "${{ENVIRONMENT_SECRET_{k}}}"',
    "secret_{n}_{k} = 'literal {k}'  # rotated by hand",
)
SERVICE = """
[team.service{k}]
host = "service{k}.example.com"
url = "https://${{team.service{k}.host}}/v{k}"
ports = [{port}, 9000]
tags = ["a{k}", "b", "c"]
enabled = true
started = 2021-01-01T07:32:00Z
limits = {{ cpu = {k}.5, memory = 512 }}
"""
HEAD = """# what this team runs
backend = "{backend}"

[cloud]
api = "https://api.example.com/graphql"
use_local_secrets = false  # agents ask the store
heartbeat_interval = 30.0

[logging]
level = "{level}"
format = "[%(asctime)s] %(levelname)s - %(name)s | %(message)s"

[tasks.defaults]
max_retries = {retries}
retry_delay = 10

[flows]
checkpointing = true

[context.secrets]
# values come from where the agents run
"""


def config(n, count, services):
    """About 1 or 6 KB of what configs hold; half of the secrets are references."""
    head = HEAD.format(backend=("server", "cloud")[n % 2], level=LEVELS[n % 3], retries=n % 5)
    secrets = "\n".join(SECRETS[k % 4].format(n=n, k=k) for k in range(count))
    return head + secrets + "\n" + "".join(SERVICE.format(k=k, port=8000 + k) for k in range(services))


def secrets(n):
    return "[context.secrets]\n" + "".join('KEY_%d = "value %d"\n' % (k, k) for k in range(n))


def sections(n):
    return "".join('[s%d]\nurl = "https://${s%d.host}/$HOME"\n' % (k, k) for k in range(n // 2))


class Bench:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.env = dict(os.environ)
        for k in range(36):
            self.env.update({"SECRET_%d" % k: "x", "ENVIRONMENT_SECRET_%d" % k: "x"})

    def thousand(self, size, count, services):
        files = []
        for n in range(1000):
            files.append(str(self.work / ("%s-%04d.toml" % (size, n))))
            pathlib.Path(files[-1]).write_text(config(n, count, services))
        name = "CommandCheck/1000x%s/" % size
        average = sum(map(os.path.getsize, files)) / len(files)
        one = dict(self.env, GOMAXPROCS="1")  # the others have one thread too
        runs = [
            (name + "check", [self.options.bin, "check", *files], self.env),
            (name + "check-one-core", [self.options.bin, "check", *files], one),
            (name + "burntsushi", [self.options.decode, *files], one),
            (name + "python", [sys.executable, "-c", BARE, *files], self.env),
        ]
        in_turns(self.options.rounds, *((name, lambda c=command, e=env: dict(Run(c, e, codes=CODES).metrics(), **{"B/file": average})) for name, command, env in runs))
        for name, command, env in runs:
            instructions(name, command, env, codes=CODES)

    def one_file(self):
        for n in (10, 100, 1000, 10_000, 100_000):
            runs = []
            for kind, text in (("secrets", secrets), ("sections", sections)):
                path = self.work / (kind + ".toml")
                path.write_text(text(n))
                command = [self.options.bin, "check", str(path)]
                runs.append(("CommandCheck/keys=%d/%s" % (n, kind), lambda c=command: Run(c, self.env, codes=CODES).metrics()))
            in_turns(min(self.options.rounds, 5), *runs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--decode", required=True)
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(options, pathlib.Path(directory))
        bench.thousand("6KB", 36, 20)
        bench.thousand("1KB", 6, 2)
        bench.one_file()


if __name__ == "__main__":
    main()
