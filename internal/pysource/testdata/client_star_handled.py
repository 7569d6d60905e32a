from prefect.client import Secret
from prefect.tasks.secrets import *
from helpers import *

try:
    Secret("A").get()
except ValueError:
    pass
try:
    Secret("B").get()
except (KeyError, ValueError):
    pass
try:
    Secret("C").get()
except Exception:
    pass
getattr(Secret("D"), "get")()
