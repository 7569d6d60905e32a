from prefect.client import Secret

Secret("A"), x)
Secret("NOT_READ")
