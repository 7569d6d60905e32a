from functools import partial
import functools
from prefect.tasks.aws.s3 import S3Download
from prefect.utilities.notifications import slack_notifier
from prefect.storage import Bitbucket, Git
from othercloud import Download

S3Download(bucket="b", aws_credentials_secret="A")
download = S3Download("b")
download(key="k", credentials_secret="B")
S3Download("b")("k", credentials_secret="C")
partial(slack_notifier, webhook_secret="D")
functools.partial(slack_notifier, webhook_secret="E")
Git(git_token_secret_name="F", git_clone_url_secret_name=None)
Bitbucket(cloud_username_secret="", cloud_app_password_secret=name)
Download(credentials_secret="NOT_PREFECTS")
partial(Download, credentials_secret="NOT_PREFECTS")
