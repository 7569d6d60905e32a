Secret = None
from prefect.client import *

Secret("A")
from prefect.tasks.secrets import *
PrefectSecret = print
PrefectSecret("NOT_A_SECRET")
