from prefect import Flow
from prefect.client import Secret


def headers():
    return {"Authorization": Secret("GITHUB_TOKEN").get()}


with Flow("report") as flow:
    token = Secret("GITHUB_TOKEN").get()
    post(headers())
    tokens = [Secret(name).get() for name in names]
