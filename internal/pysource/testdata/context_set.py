import prefect

prefect.context.setdefault("secrets", {})
prefect.context.secrets["A"] = "x"
prefect.context.secrets.B = "x"
prefect.context.secrets.setdefault("C", "x")
prefect.context.secrets.update({"D": "x", computed: "y"}, E="x")
del prefect.context.secrets["F"], prefect.context.secrets.G
prefect.context.secrets["H"], y = 1, prefect.context.secrets["I"]
with prefect.context(secrets={"J": "x", **more}):
    pass
with prefect.context(secrets=dict(K="x")) as ctx:
    prefect.context.update(secrets={"L": "x"})
prefect.context.secrets[computed] = 1
