import os


def early(monkeypatch):
    monkeypatch.setenv("PREFECT__CONTEXT__SECRETS__A", "x")
    import prefect
    os.environ["PREFECT__CONTEXT__SECRETS__B"] = "x"


os.environ["PREFECT__CONTEXT__SECRETS__C"] = "x"
