"""Times check against bare parses of the same files, in turns. See check.sh."""
import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

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


def config(n):
    """About 6 KB of what configs hold; half of the secrets are references."""
    head = HEAD.format(backend=("server", "cloud")[n % 2], level=LEVELS[n % 3], retries=n % 5)
    secrets = "\n".join(SECRETS[k % 4].format(n=n, k=k) for k in range(36))
    return head + secrets + "\n" + "".join(SERVICE.format(k=k, port=8000 + k) for k in range(20))


def secrets(n):
    return "[context.secrets]\n" + "".join('KEY_%d = "value %d"\n' % (k, k) for k in range(n))


def sections(n):
    return "".join('[s%d]\nurl = "https://${s%d.host}/$HOME"\n' % (k, k) for k in range(n // 2))


def measured(command, env=None):
    """The wall time of a process and its CPU time, user and system, in seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    code = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env).returncode
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if code not in (0, 1):
        raise SystemExit("bench: %s exited with %d" % (command[:2], code))
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(rounds):
    return [statistics.median(column) for column in zip(*rounds)]


def shown(seconds):
    return "%.0f ms" % (seconds * 1000) if seconds < 1 else "%.2f s" % seconds


def verdict(ratio, target, most):
    return "%.2f, %s" % (ratio, "met" if (ratio <= target) == most else "not met")


def thousand(options, work):
    files = []
    for n in range(1000):
        files.append(str(work / ("%04d.toml" % n)))
        pathlib.Path(files[-1]).write_text(config(n))
    env = dict(os.environ, **{"SECRET_%d" % k: "x" for k in range(36)}, **{"ENVIRONMENT_SECRET_%d" % k: "x" for k in range(36)})
    rounds = {"check": [], "decode": [], "python": []}
    for _ in range(options.rounds):
        rounds["check"].append(measured([options.bin, "check", *files], env))
        rounds["decode"].append(measured([options.decode, *files], dict(env, GOMAXPROCS="1")))
        rounds["python"].append(measured([sys.executable, "-c", BARE, *files], env))
    report({name: medians(rows) for name, rows in rounds.items()}, sum(map(os.path.getsize, files)) / len(files))


def report(of, size):
    cores = len(os.sched_getaffinity(0))
    print("1,000 configs of %.0f bytes, %d cores, load %.0f\n" % (size, cores, os.getloadavg()[0]))
    print("| what | wall | CPU | CPU for each core |\n| --- | ---: | ---: | ---: |")
    for name, share in (("check", cores), ("decode", 1), ("python", 1)):
        wall, cpu = of[name]
        print("| %s | %s | %s | %s |" % (name, shown(wall), shown(cpu), shown(cpu / share)))
    check, decode, python = of["check"], of["decode"], of["python"]
    print("\n| ratio | target | by wall time | by CPU for each core |\n| --- | --- | --- | --- |")
    print("| check to decode | at most 1.5 | %s | %s |" % (verdict(check[0] / decode[0], 1.5, True), verdict(check[1] / cores / decode[1], 1.5, True)))
    print("| python to check | at least 5 | %s | %s |" % (verdict(python[0] / check[0], 5, False), verdict(python[1] / (check[1] / cores), 5, False)))


def linear(options, work):
    print("\n| keys | plain secrets, CPU | a key | sections with references, CPU | a key |\n| ---: | ---: | ---: | ---: | ---: |", flush=True)
    for n in (1000, 10000, 50000, 100000):
        cells = []
        for text in (secrets, sections):
            path = work / "long.toml"
            path.write_text(text(n))
            cpu = statistics.median(measured([options.bin, "check", str(path)])[1] for _ in range(3))
            cells += [shown(cpu), "%.1f µs" % (cpu / n * 1e6)]
        print("| %d | %s |" % (n, " | ".join(cells)), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--decode", required=True)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        thousand(options, pathlib.Path(work))
        linear(options, pathlib.Path(work))


if __name__ == "__main__":
    main()
