from prefect.client import Secret

Secret("A")
Secret(“NOT_READ”)
