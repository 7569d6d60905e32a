from prefect.tasks.secrets import *
from prefect.tasks.aws.s3 import *
from mylib import *

PrefectSecret("A")
EnvVarSecret("HOME")
Secret("B_AS_IN_0_9")
S3Download(bucket="b", aws_credentials_secret="C")
context.secrets["NOT_IMPORTED"]
