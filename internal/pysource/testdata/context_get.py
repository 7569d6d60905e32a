import prefect

prefect.context.secrets.get("A")
prefect.context.secrets.get("B", None)
prefect.context.get("secrets", {}).get("C")
prefect.context.get("secrets", {}).get("D", {})
prefect.context.secrets.pop("E")
prefect.context.secrets.get(computed())
prefect.context.secrets.items()
prefect.context.get("other", {}).get("NOT_A_SECRET")
