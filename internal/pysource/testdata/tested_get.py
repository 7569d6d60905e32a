import prefect


def credentials(given=None):
    given = given or prefect.context.get("secrets", {}).get("OR")
    if given is not None:
        return given


def choice(given=None):
    found = given if given else prefect.context.secrets.get("ELSE")
    if not found:
        raise RuntimeError("no secret")
    first = prefect.context.secrets.get("FIRST") if given is None else given
    second = first
    return use(second) if second else None


def untested(given=None):
    found = given or prefect.context.secrets.get("UNTESTED")
    return use(found)


def cycle(x):
    x = y or x
    y = x or y
    if x:
        return y
