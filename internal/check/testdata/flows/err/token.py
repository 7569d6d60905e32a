from prefect.client import Secret

Secret("xoxb-" "1234567890-abcdef").get()
