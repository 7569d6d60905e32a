import os
from prefect.client import Secret
from prefect.tasks.secrets import PrefectSecret

os.environ["PREFECT__CONTEXT__SECRETS__LATE"] = "not-a-real-token"
os.putenv("PREFECT__CONTEXT__SECRETS__PUT", "not-a-real-token")

try:
    a = Secret("OTHER_CLASS").get()
except KeyError:
    a = None
try:
    a = post(Secret("HIDDEN").get())
except Exception:
    a = None
try:
    a = Secret("RAISED").get()
except ValueError as e:
    raise RuntimeError("no secret") from e
try:
    task = PrefectSecret("ONLY_BUILT")
except ValueError:
    task = None
Secret("LATE").get()
Secret("PUT").get()
