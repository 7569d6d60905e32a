import prefect
from prefect import Flow, Task, task
from prefect.client import Secret
from prefect.tasks.secrets import PrefectSecret

Secret("MODULE").get()


def only_there():
    return Secret("ONLY_THERE").get()


def elsewhere():
    return Secret("ELSEWHERE").get()


def passed():
    return Secret("PASSED").get()


def deeper():
    return only_deeper()


def only_deeper():
    return Secret("DEEPER").get()


def recursive():
    Secret("RECURSIVE").get()
    recursive()


@task
def decorated():
    return Secret("DECORATED").get()


class T(Task):
    def run(self):
        return Secret("METHOD").get()


with Flow("f " + Secret("ARGUMENT").get()) as flow:
    Secret("DIRECT").get()
    PrefectSecret("RUN").run()
    PrefectSecret("TASK")
    Secret("EXISTS").exists()
    prefect.context.secrets["CONTEXT"]
    only_there()
    elsewhere()
    run(passed)
    deeper()
    recursive()
    decorated()
    T()()
    f = lambda: Secret("LAMBDA").get()

    @task
    def inner():
        return Secret("INNER").get()

    [Secret(name).get() for name in names]
    try:
        Secret("HANDLED").get()
    except ValueError:
        pass
    try:
        Secret("NOT_HANDLED").get()
    except KeyError:
        pass
elsewhere()
Secret("BEHIND").get()
with open("x") as f, flow:
    Secret("VARIABLE").get()
with prefect.Flow("g"): Secret("INLINE").get()
with OtherFlow("h"):
    Secret("OTHER").get()
