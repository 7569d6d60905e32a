import prefect
from prefect import Flow, task
from prefect.environments.storage import Docker
from prefect.environments import DaskKubernetesEnvironment
from prefect.tasks.secrets import Secret
from prefect.tasks.aws.s3 import S3Upload

stored = S3Upload(bucket="b", aws_credentials_secret="AWS_EU")

with Flow("old", environment=DaskKubernetesEnvironment(private_registry=True, docker_secret="REGISTRY"), storage=Docker(registry_url="r")) as flow:
    token = Secret("GITHUB_ACCESS_TOKEN")
    stored(token, key="k", credentials_secret="AWS_US")
    prefect.client.Secret("PLAIN").get()
