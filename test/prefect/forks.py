"""Python processes that start fast: each is a fork of a server that has imported what Prefect imports, and not Prefect.

    server = Server()                          imports, by name, what this process has imported of other packages
    server.run(arguments, env, ...)            as subprocess.run of Python with these arguments

A process imports Prefect itself, with its own environment, as one that is not forked does.
"""

import collections
import gc
import importlib
import json
import os
import pathlib
import runpy
import subprocess
import sys
import tempfile
import threading
import traceback

HERE = str(pathlib.Path(__file__).parent)

Done = collections.namedtuple("Done", "returncode stdout stderr")


class Server:
    """The server, as the tests see it. It ends when they close its standard input."""

    def __init__(self):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT__")}
        self.process = subprocess.Popen([sys.executable, __file__], env=clean, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ask({"import": others()})

    def ask(self, request):
        print(json.dumps(request), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def run(self, arguments, env, input="", cwd=None):
        """Runs Python with the arguments `-c PROGRAM ...`, `-m MODULE ...` or `SCRIPT ...`."""
        with tempfile.TemporaryDirectory() as place:
            files = [os.path.join(place, name) for name in ("in", "out", "err")]
            pathlib.Path(files[0]).write_text(input, encoding="utf-8")
            code = self.ask({"arguments": arguments, "env": env, "cwd": str(cwd or os.getcwd()), "files": files})
            out, err = (pathlib.Path(file).read_text(encoding="utf-8") for file in files[1:])
            return Done(code, out, err)

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)


def others():
    """The modules of this process that belong neither to Prefect nor to the tests."""
    return [name for name, module in list(sys.modules.items()) if name.split(".")[0] not in ("prefect", "__main__") and not is_a_tests(module)]


def is_a_tests(module):
    return (getattr(module, "__file__", None) or "").startswith(HERE)


def serve():
    """Answers requests until there are no more. Standard output is for answers alone."""
    sys.path.remove(HERE)
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        if "import" in request:
            answer = bring(request["import"])
        else:
            answer = start(**request)
        print(json.dumps(answer), file=answers, flush=True)


def bring(names):
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:  # a part that another module makes while it is imported
            pass
    if "prefect" in sys.modules or threading.active_count() != 1:
        sys.exit("forks: prefect is imported, or a thread runs")
    gc.collect()
    gc.freeze()
    return len(names)


def start(arguments, env, cwd, files):
    """Runs a fork and returns its exit code."""
    child = os.fork()
    if child == 0:
        for target, file in enumerate(files):
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
            os.dup2(descriptor, target)
            os.close(descriptor)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(n, "rw"[n > 0], encoding="utf-8", closefd=False) for n in range(3))
        sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
        os.environ.clear()
        os.environ.update(env)
        os.chdir(cwd)
        os._exit(ended(lambda: execute(arguments)))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def execute(arguments):
    """What Python does with its arguments."""
    first, *rest = arguments
    if first == "-c":
        sys.argv, program = ["-c", *rest[1:]], rest[0]
        sys.path.insert(0, "")
        exec(compile(program, "<string>", "exec"), {"__name__": "__main__"})
    elif first == "-m":
        sys.argv = rest
        sys.path.insert(0, os.getcwd())
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path.insert(0, os.path.dirname(first))
        runpy.run_path(first, run_name="__main__")


def ended(call):
    """The exit code of a process that does no more than call."""
    code = 0
    try:
        call()
    except SystemExit as end:
        code = end.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code or 0


if __name__ == "__main__":
    serve()
