"""100 secrets to a server of Prefect 3, by the command and by the loop that users write with Prefect's client.

The two take turns in one run. Each line is a sample, as Go's benchmarks print it; the last lines have the medians, the
spread and the ratio. The client's figure is that of its loop alone: its import, 1 to 2 s, is not in it.
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time

import servers

SECRETS = {"NAME_%d" % n: "value %d" % n for n in range(100)}
LOOP = """
import json, sys, time
from prefect.blocks.system import Secret
secrets = json.load(sys.stdin)
started = time.monotonic()
for name, value in secrets.items():
    Secret(value=value).save(name.lower().replace("_", "-"), overwrite=True)
print(time.monotonic() - started)
"""
CASES = {"create": 2.5, "unchanged": 30}  # and how many times the loop's speed is aimed at


def by_client(server):
    done = subprocess.run(
        [servers.VENV["3"] / "bin/python", "-c", LOOP], env=server.client(), input=json.dumps(SECRETS).encode(), stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


def by_command(server, directory):
    arguments = [os.environ["SUITE_BIN"], "sync", "--environment", "prefect3", "--secrets-file", "secrets.json"]
    started = time.monotonic()
    subprocess.run(arguments, cwd=directory, env={"HOME": str(directory)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.monotonic() - started


def cpu_of_commands():
    """The CPU time of the children that have ended: not of the server, which runs until the end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    directory = servers.WORK / "run/speed"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    server = servers.Server("speed-server", "3")
    (directory / "prefect-secrets.toml").write_text('[environments.prefect3]\nstore = "blocks"\nreader = "3"\napi-url = "%s"\n' % server.url)
    (directory / "secrets.json").write_text(json.dumps(SECRETS))
    took = {(case, tool): [] for case in CASES for tool in ("prefect-secrets", "client")}
    try:
        server.wait()
        for turn in range(rounds):
            tools = {"prefect-secrets": lambda: by_command(server, directory), "client": lambda: by_client(server)}
            for tool in sorted(tools, reverse=turn % 2 == 1):
                server.clear()
                for case in CASES:
                    used = cpu_of_commands()
                    seconds = tools[tool]()
                    used = cpu_of_commands() - used
                    took[case, tool].append(seconds)
                    print("BenchmarkBlocks/%s/%s 100 %d ns/op %d cpu-ns/op" % (case, tool, seconds * 1e7, used * 1e7), flush=True)
                assert len(server.documents()) == len(SECRETS)
    finally:
        server.stop()
    for case, aim in CASES.items():
        ours, theirs = took[case, "prefect-secrets"], took[case, "client"]
        ratio = statistics.median(a / b for a, b in zip(theirs, ours))
        print("%s: command %s, client's loop %s, %.1f times (aim: at least %s)" % (case, spread(ours), spread(theirs), ratio, aim))


def spread(samples):
    return "%.2f s (%.2f-%.2f)" % (statistics.median(samples), min(samples), max(samples))


main()
