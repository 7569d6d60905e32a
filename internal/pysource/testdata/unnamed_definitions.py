import json
import os

os.environ |= {"PREFECT__CONTEXT__SECRETS__A": "x"}
for name in names:
    os.environ["PREFECT__CONTEXT__SECRETS__" + name] = "x"
    os.environ[f"PREFECT__CONTEXT__SECRETS__{name}"] = "x"
    os.environ["PREFECT__CONTEXT__SECRETS__%s" % name] = "x"

import prefect
from prefect import Client
from prefect.run_configs import LocalRun

prefect.context.secrets = json.load(open("secrets.json"))
prefect.context["secrets"] |= {"B": 1}
prefect.context["secrets"] |= more
prefect.context["secrets"] = {"C": 1, **{"D": 2}}
prefect.context["secrets"] = dict(E=1, **more)
prefect.context["secrets"] = None
prefect.config.context.secrets = more
with prefect.context(secrets=more):
    pass
Client().set_secret(name, "x")
other.set_secret(name, "x")
setattr(prefect.context.secrets, name, 1)
env = {}
env["PREFECT__CONTEXT__SECRETS__F"] = "x"
env["OTHER"] = "x"
LocalRun(env=env)
LocalRun(env={k: v for k, v in os.environ.items() if k.startswith("PREFECT__CONTEXT__SECRETS__")})
