import prefect
from prefect import *
from prefect import Flow, FunctionTask, task
from prefect.tasks.aws.s3 import S3Download


def fetch(db_secret): ...


fetch_task = task(fetch)
other_task = FunctionTask(fetch)
download = S3Download(bucket="b")

with Flow("arguments of tasks of one's own are values") as flow:
    fetch_task(db_secret="value 1")
    fetch_task.bind(db_secret="value 2")
    other_task(db_secret="value 3")
    task(fetch)(db_secret="value 4")
    download("key", credentials_secret="NAME_1")
    download.bind("key", credentials_secret="NAME_2")
    S3Download(bucket="b").copy()("key", credentials_secret="NAME_3")
    download(credentials_secret=download("key")["path"])

flow.run(db_secret="value 5", secrets=["value 6"])
Flow("f").run(db_secret="value 7")
prefect.Client().create_flow_run(db_secret="value 8")
prefect.context.get("logger").info("done", db_secret="value 9")
prefect.context.logger.info("done", db_secret="value 10")
dict(db_secret="value 11")
