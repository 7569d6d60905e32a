from kubernetes.client import Secret
import boto.prefect.client
from .prefect.client import Secret as Relative
from prefectx.client import Secret as Another
import wtforms as prefect

Secret("NOT_PREFECTS")
boto.prefect.client.Secret("NOT_PREFECTS")
Relative("NOT_PREFECTS")
Another("NOT_PREFECTS")
prefect.client.Secret("NOT_PREFECTS")
prefect.context.secrets["NOT_PREFECTS"]
