from prefect.tasks.secrets import EnvVarSecret
from prefect.tasks.secrets.env_var import EnvVarSecret as E

EnvVarSecret("HOME", cast=int)
E(name="PATH", raise_if_missing=True)
EnvVarSecret(f"{x}_PATH")
