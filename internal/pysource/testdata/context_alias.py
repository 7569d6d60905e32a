import prefect

secrets = prefect.context.get("secrets", {})
ctx = prefect.context


def read():
    mine = ctx.secrets
    return secrets["A"], mine["B"], mine.get("C"), secrets.get(name)


def other(secrets):
    return secrets["NOT_A_SECRET"]
