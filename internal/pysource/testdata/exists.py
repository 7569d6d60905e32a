from prefect.client import Secret

if Secret("A").exists():
    Secret("B").get()
present = Secret("C")
present.exists()
