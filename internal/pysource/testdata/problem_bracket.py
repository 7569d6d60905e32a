from prefect.client import Secret

Secret("A"); LATER = "LATER"; Secret(BELOW)
Secret("NOT_READ", (
Secret("NOT_READ")
BELOW = "IS_NOT_LOOKED_AT"
