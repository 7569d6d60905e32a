from typing import Any

from prefect import Task
from prefect.client import Secret
from prefect.utilities.tasks import defaults_from_attrs


class Upload(Task):
    """
    Args:
        - credentials_secret (str, optional): the name of the Prefect Secret
    """

    def __init__(self, bucket: str = None, credentials_secret: str = "AZ_CREDENTIALS", **kwargs: Any):
        self.bucket = bucket
        self.credentials_secret = credentials_secret
        super().__init__(**kwargs)

    @defaults_from_attrs("bucket", "credentials_secret")
    def run(self, bucket: str = None, credentials_secret: str = None) -> str:
        secret = Secret(credentials_secret).get()
        other = Secret(self.credentials_secret).get()
        return Secret(credentials_secret or "AZ_CREDENTIALS").get(), Secret("JIRASECRETS").get()["JIRATOKEN"]
