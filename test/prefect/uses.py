"""What this Python's Prefect does with the configurations of fixtures/prefect/uses.jsonl, after it has read them.

    uses.py CASES                     prints one result a line, in the order of the cases
    uses.py CASES RELEASE=RESULTS...  writes CASES again, from what the releases printed

A case is a configuration and what is done with it: an agent or a task is made, a line is logged, a flow runs. Its result
is the class of the exception, or what comes of it. Results are by the first release that gives them.
"""

import collections
import collections.abc
import contextlib
import io
import json
import logging
import os
import sys
import tempfile
import warnings

from secret_cases import merge, read


def agent(prefect):
    from prefect.agent import Agent

    Agent._verify_token = Agent._register_agent = lambda *_: "agents of 0.10 ask their store"
    made = Agent()
    labels = list(getattr(made, "labels", []))
    return "letters" if len(labels) > 1 and all(isinstance(label, str) and len(label) == 1 for label in labels) else "ok"


def task(prefect):
    prefect.Task()
    return "ok"


def retry(prefect):
    """A task that fails is run: ok if Prefect does with it what the configuration asks for."""
    from prefect.engine import TaskRunner

    class Fails(prefect.Task):
        def run(self):
            raise LookupError

    state = TaskRunner(Fails()).run()
    return "ok" if type(state).__name__ == "Retrying" or isinstance(state.result, LookupError) else type(state.result).__name__


def log(prefect):
    """A line is logged as a flow logs it: ok, or lost where Python's logging prints a traceback for it."""
    shown, wrong = io.StringIO(), io.StringIO()
    for handler in logging.getLogger("prefect").handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.stream = shown
    with contextlib.redirect_stderr(wrong):
        logging.getLogger("prefect").critical("a line that is logged")
    return "lost" if "Logging error" in wrong.getvalue() else "ok"


def secret(prefect):
    """A secret is read: ok, too, if it is only missing."""
    from prefect.client import Secret

    with contextlib.suppress(ValueError):
        Secret("A").get()
    return "ok"


def run(prefect):
    with prefect.Flow("flow") as flow:
        prefect.task(lambda x: x)(prefect.Parameter("x", default=1))
    state = flow.run()
    return "ok" if state.is_successful() else type(state.result).__name__


def executor(prefect):
    return prefect.engine.get_default_executor_class().__name__


USES = {use.__name__: use for use in (agent, task, retry, log, secret, run, executor)}


def result(case):
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8", newline="") as file:
        file.write(case["toml"])
        file.flush()
        os.environ["PREFECT__USER_CONFIG_PATH"] = file.name
        for name in [name for name in sys.modules if name == "prefect" or name.startswith("prefect.")]:
            del sys.modules[name]
        for logger in [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]:
            logger.handlers.clear()
        try:
            import prefect
        except Exception as error:
            return "import: " + type(error).__name__
        try:
            return USES[case["use"]](prefect)
        except Exception as error:
            return type(error).__name__


def measure(cases):
    """Prints the results, each from a process of its own that has the libraries of Prefect already."""
    for name in ("Iterable", "Sequence", "Mapping", "MutableMapping"):  # dropped by Python 3.10; releases before 0.14 want them
        setattr(collections, name, getattr(collections.abc, name))
    import prefect
    import prefect.agent

    output = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # where Prefect logs
    for case in cases:
        if "releases" in case:
            continue
        child = os.fork()
        if child == 0:
            os.write(output, (json.dumps(result(case)) + "\n").encode())
            os._exit(0)
        if os.waitpid(child, 0)[1] != 0:
            sys.exit("a case failed of " + prefect.__version__)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if len(sys.argv) > 2:
        merge(sys.argv[1], dict(argument.split("=", 1) for argument in sys.argv[2:]))
    else:
        measure(read(sys.argv[1]))
