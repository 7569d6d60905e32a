import prefect

prefect.context.secrets["A"]
prefect.context["secrets"]["B"]
prefect.context.get("secrets", {})["C"]
prefect.context.get("secrets")["D"]
(prefect.context.get("secrets") or {})["E"]
prefect.config.context.secrets["F"]
prefect.context.secrets[name]
prefect.context.secrets["A":"B"]
prefect.context.other["NOT_A_SECRET"]
