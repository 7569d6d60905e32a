"""A real flow, run by flow.run() with use_local_secrets=false, reads a secret everywhere a flow may.

| place          | how                                | 0.9, 0.10     | from 0.11 |
| -------------- | ---------------------------------- | ------------- | --------- |
| task           | Task.run                           | yes           | yes       |
| state handler  | Task(state_handlers=[...])         | yes           | yes       |
| callback       | Task(on_failure=...)               | yes           | yes       |
| result handler | write, with checkpointing on       | ResultHandler | Result    |
"""

import prefect
import pytest
from conftest import ERA, FACTS, MISSING_NAME, SOURCE, check, check_missing, flow_gets
from prefect import Flow, Task
from prefect.client import Secret

PLACES = ["task", "state handler", "callback", "result handler"]


class Reader:
    """Reads one secret in several places, and keeps what each got or the error it met."""

    def __init__(self, name):
        self.name, self.got, self.errors = name, {}, {}

    def read(self, place):
        try:
            self.got[place] = Secret(self.name).get()
        except Exception as error:
            self.errors[place] = error
            raise

    def again(self, place):
        """Meets the error of `place` once more."""
        raise self.errors[place]


class InTask(Task):
    def __init__(self, reader):
        self.reader = reader
        super().__init__(name="task")

    def run(self):
        self.reader.read("task")


class Fails(Task):
    def run(self):
        raise RuntimeError("on purpose, for the callback")


class GivesOne(Task):
    def run(self):
        return 1


def in_handler(reader):
    def handler(task, old, new):
        if new.is_successful():
            reader.read("state handler")
        return new

    return handler


def result_argument(reader):
    """The argument of Task that keeps its result where writing needs the secret."""
    if FACTS["result"] == "ResultHandler":
        from prefect.engine.result_handlers import ResultHandler

        class Handler(ResultHandler):
            def write(self, value):
                reader.read("result handler")
                return "kept"

        return {"result_handler": Handler(), **({"checkpoint": True} if ERA < (0, 9) else {})}
    from prefect.engine.result import Result

    class Kept(Result):
        def write(self, value, **kwargs):
            reader.read("result handler")
            kept = self.copy()
            kept.value, kept.location = value, "kept"
            return kept

    return {"result": Kept()}


def run_flow(reader):
    """The final state of each place's task after one run of one flow."""
    tasks = [
        InTask(reader),
        GivesOne(name="state handler", state_handlers=[in_handler(reader)]),
        Fails(name="callback", on_failure=lambda task, state: reader.read("callback")),
        GivesOne(name="result handler", **result_argument(reader)),
    ]
    final = Flow("reads a secret", tasks=tasks).run()
    return {task.name: final.result[task] for task in tasks}


@pytest.fixture(scope="module")
def with_secret():
    reader = Reader("GCP_CREDENTIALS")
    return reader, run_flow(reader)


@pytest.fixture(scope="module")
def without_secret():
    reader = Reader(MISSING_NAME)
    return reader, run_flow(reader)


def test_this_is_cloud_execution():
    check("use_local_secrets", prefect.config.cloud.use_local_secrets, False)
    check("secrets in the context", dict(prefect.context.get("secrets", {})), {})


@pytest.mark.parametrize("place", PLACES)
def test_secret_is_read(with_secret, place):
    reader, states = with_secret
    check(f"{place}: errors", [type(error).__name__ for error in reader.errors.values()], [])
    check(place, reader.got[place], flow_gets(SOURCE["GCP_CREDENTIALS"]))
    # The callback's own task fails on purpose, that being what calls it.
    check(f"{place}: successful", states[place].is_successful(), place != "callback")


@pytest.mark.parametrize("place", PLACES)
def test_without_the_secret_the_place_fails(without_secret, place):
    reader, states = without_secret
    check(f"{place}: failed", states[place].is_failed(), True)
    check(f"{place}: failed by reading", states[place].result is reader.errors[place], True)
    check_missing(place, lambda: reader.again(place))
