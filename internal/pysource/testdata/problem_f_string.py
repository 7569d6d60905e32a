from prefect.client import Secret

NAME = "A"
Secret(NAME)
x = f"{NAME never closed
Secret("NOT_READ")
