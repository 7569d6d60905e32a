import prefect
from prefect import Flow, task
from prefect.client import Secret
from prefect.tasks.secrets import PrefectSecret

token = Secret("GITHUB_TOKEN").get()


@task
def post():
    return Secret("GITHUB_TOKEN").get()


def later():
    return Secret("GITHUB_TOKEN").get()


with Flow("report") as flow:
    post(PrefectSecret("GITHUB_TOKEN"), run_later=lambda: Secret("GITHUB_TOKEN").get())
    if Secret("GITHUB_TOKEN").exists():
        hook = prefect.context.secrets["GITHUB_TOKEN"]
    flow.on_failure(later)
    try:
        Secret("GITHUB_TOKEN").get()
    except ValueError:
        pass
