from prefect.client import Secret
PASSWORD = "canary-7f3a"
NAME = "café"
Secret("A").get()
