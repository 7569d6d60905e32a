from prefect.client import Secret

Secret("A")
x = """never closed
Secret("NOT_READ")
