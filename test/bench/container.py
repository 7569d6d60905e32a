"""Times containers from start to exit, in turns, against one server. See container.sh."""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

from bench import Server, shown, timed

SECRETS = 100


def size(image):
    done = subprocess.run(["docker", "image", "inspect", "--format", "{{.Size}}", image], stdout=subprocess.PIPE, check=True)
    return "%.1f MB" % (int(done.stdout) / 1e6)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    here = pathlib.Path(__file__).parent
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        server = Server(options.bin, work)
        secrets = {"SECRET_%05d" % i: "value number %d" % i for i in range(SECRETS)}
        (work / "secrets.json").write_text(json.dumps(secrets))
        env = server.environment()
        # As the runner starts a container: variables by name, the host's network, nothing kept.
        run = ["docker", "run", "--rm", "--network", "host"]
        names = [flag for name in env if name.startswith("PREFECT") for flag in ("-e", name)]
        inputs = {"INPUT_API-URL": server.ready["url"], "INPUT_API-KEY": server.ready["admin_key"], "INPUT_SECRETS": json.dumps(secrets)}
        action_env = dict(env, **inputs)
        node_env = dict(env, SECRETS=json.dumps(secrets))
        rows = [
            ("an empty static image", run + ["prefect-secrets-bench:empty"], env, size("prefect-secrets-bench:empty"), False),
            ("this Action", run + [f for name in inputs for f in ("-e", name)] + ["prefect-secrets-bench:action"], action_env, size("prefect-secrets-bench:action"), True),
            ("a Node action, on the host, one mutation after the other", ["node", str(here / "node_action.mjs")], node_env, "none; its node_modules", True),
            ("a Python image with Prefect's client in a loop", run + names + ["-v", str(work) + ":/data", "prefect-secrets-bench:python", "/bench/client_loop.py", "/data/secrets.json"], env, size("prefect-secrets-bench:python"), True),
        ]
        times = {row[0]: [] for row in rows}
        try:
            for _ in range(options.rounds):
                for what, command, row_env, _, writes in rows:
                    server.reset(0)
                    times[what].append(timed(command, row_env, work)[0])
                    if writes:
                        stored = len([c for c in server.order("calls")["calls"] if c["field"] in ("setSecret", "set_secret")])
                        assert stored == SECRETS, "%s wrote %d secrets" % (what, stored)
        finally:
            server.process.terminate()
        first = statistics.median(times[rows[0][0]])
        print("| what | start to exit | beyond the empty image | image |\n| --- | ---: | ---: | ---: |")
        for what, _, _, image, _ in rows:
            median = statistics.median(times[what])
            print("| %s | %s | %s | %s |" % (what, shown(median), shown(max(median - first, 0)), image))


if __name__ == "__main__":
    main()
