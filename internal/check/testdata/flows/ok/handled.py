import os

os.environ["PREFECT__CONTEXT__SECRETS__EARLY"] = "not-a-real-token"

from contextlib import suppress
from prefect.client import Secret
from prefect.run_configs import UniversalRun
from prefect.tasks.secrets import PrefectSecret
import prefect

try:
    name = PrefectSecret("T01").run()
except ValueError:
    name = None
try:
    name = Secret("ALONE").get()
except Exception:
    name = None
with suppress(ValueError):
    name = Secret("SUPPRESSED").get()
if Secret("A").exists():
    a = Secret("A").get()
value = prefect.context.secrets.get("TESTED")
if value is None:
    value = "default"
Secret("EARLY").get()
UniversalRun(env={"PREFECT__CONTEXT__SECRETS__B": "y"})
Secret("B").get()
prefect.context["secrets"] = {"E": 1}
Secret("E").get()
