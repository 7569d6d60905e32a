"""Measures containers from start to exit, against one server. See container.sh."""
import argparse
import json
import pathlib
import subprocess
import tempfile

from measured import Run, Server, in_turns, write_secrets

SECRETS = 100
HERE = pathlib.Path(__file__).parent
IMAGES = "prefect-secrets-bench:"


class Bench:
    def __init__(self, server, work):
        self.server, self.work = server, work

    def run(self, command, env, image, writes=True):
        """The CPU time is left out: it is the engine's, and not this process's."""
        self.server.reset()
        run = Run(command, env, self.work)
        if writes:
            stored = len([c for c in self.server.order("calls")["calls"] if c["field"] in ("setSecret", "set_secret")])
            assert stored == SECRETS, "%s wrote %d secrets" % (command[:2], stored)
        return {"ns/op": run.wall * 1e9, **({"image-MB": size(image)} if image else {})}

    def rows(self, rounds):
        file = write_secrets(self.work, SECRETS)
        secrets = pathlib.Path(file).read_text()
        env = self.server.environment()
        inputs = {"INPUT_API-URL": self.server.ready["url"], "INPUT_API-KEY": self.server.ready["admin_key"], "INPUT_SECRETS": secrets}
        # As the runner starts a container: variables by name, nothing kept.
        run = ["docker", "run", "--rm", "--network", "host"]
        action = [*run, *flags(inputs), IMAGES + "action"]
        client = [*run, *flags(name for name in env if name.startswith("PREFECT")), "-v", "%s:/data" % self.work, IMAGES + "python", "/bench/client_loop.py", "/data/" + pathlib.Path(file).name]
        node = ["node", str(HERE / "node_action.mjs")]
        in_turns(
            rounds,
            ("Container/100-secrets/empty", lambda: self.run([*run, IMAGES + "empty"], env, "empty", writes=False)),
            ("Container/100-secrets/action", lambda: self.run(action, {**env, **inputs}, "action")),
            ("Container/100-secrets/node", lambda: self.run(node, {**env, "SECRETS": secrets}, None)),
            ("Container/100-secrets/client", lambda: self.run(client, env, "python")),
        )


def flags(names):
    return [flag for name in names for flag in ("-e", name)]


def size(image):
    done = subprocess.run(["docker", "image", "inspect", "--format", "{{.Size}}", IMAGES + image], stdout=subprocess.PIPE, check=True)
    return int(done.stdout) / 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        with Server(options.bin, work) as server:
            Bench(server, work).rows(options.rounds)


if __name__ == "__main__":
    main()
