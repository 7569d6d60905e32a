import prefect

prefect.client.Secret("A").get()
prefect.client.secrets.Secret("B").get()
prefect.Secret("NOT_THERE")
