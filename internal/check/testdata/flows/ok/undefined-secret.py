"""Everything that this flow reads is there, or need not be."""
import os

import prefect
from mylib import Secret as OtherSecret
from prefect.client import Secret
from prefect.tasks.secrets import EnvVarSecret


class PrefectSecret:
    def __init__(self, name):
        self.name = name


def read(name):
    # Secret("IN_A_COMMENT")
    text = """Secret("IN_A_TEXT")"""
    return Secret("DB_PASSWORD").get(), Secret(name).get(), OtherSecret("NOT_PREFECTS"), PrefectSecret("LOCAL"), text


read(os.environ["SECRET_NAME"])
EnvVarSecret("HOME")
prefect.context.secrets.get("slack webhook")
prefect.context.secrets.get("OPTIONAL", None)
Secret("IN_THE_STORE").get()
with prefect.context(secrets={"OF_THE_TEST": "x"}):
    Secret("OF_THE_TEST").get()
