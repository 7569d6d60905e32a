import prefect
from prefect.client import Secret

Secret("A")
Secret = print
Secret("SHADOWED")


def parameter(Secret, prefect=None):
    Secret("SHADOWED"), prefect.client.Secret("SHADOWED")


def local():
    prefect.client.Secret("SHADOWED_BELOW")
    prefect = object()


[prefect.context.secrets["SHADOWED"] for prefect in things]
prefect.context.secrets["B"]
f = lambda prefect: prefect.context.secrets["SHADOWED"]
with open("x") as prefect:
    prefect.context.secrets["SHADOWED"]
