import prefect
from prefect.client import Secret

if Secret("IF").exists():
    Secret("IF").get()
else:
    Secret("ELSE").get()
if Secret("AFTER").exists():
    print(1)
Secret("AFTER").get()
a = Secret("TERNARY").get() if Secret("TERNARY").exists() else None
a = None if not Secret("TERNARY2").exists() else Secret("TERNARY2").get()
a = Secret("AND").exists() and Secret("AND").get()
a = not Secret("OR").exists() or Secret("OR").get()
a = Secret("WRONG").exists() or Secret("WRONG").get()


def early():
    if not Secret("EARLY").exists():
        return None
    return Secret("EARLY").get()


def early_else():
    if Secret("EARLY_ELSE").exists():
        pass
    else:
        return
    return Secret("EARLY_ELSE").get()


def raises():
    if not Secret("RAISES").exists():
        raise RuntimeError
    return Secret("RAISES").get()


def name():
    s = Secret("NAME")
    there = s.exists()
    if there:
        return s.get()


for x in y:
    if "LOOP" not in prefect.context.secrets:
        continue
    prefect.context.secrets["LOOP"]
if "IN" in prefect.context.get("secrets", {}) and x:
    prefect.context.secrets.IN
if prefect.context.secrets.get("GET"):
    Secret("GET").get()
if (token := prefect.context.secrets.get("WALRUS")) is not None:
    pass
value = prefect.context.secrets.get("TESTED")
if value is None:
    value = "x"
value2 = prefect.context.secrets.get("OR_DEFAULT") or "x"
prefect.context.secrets.get("NOT_TESTED")
if x or Secret("HALF").exists():
    Secret("HALF").get()
if x:
    pass
elif Secret("ELIF").exists():
    Secret("ELIF").get()
if hasattr(prefect.context.secrets, "HAS"):
    prefect.context.secrets.HAS
if "KEYS" in prefect.context.secrets.keys():
    Secret("KEYS").get()
if Secret("TRUE").exists() is True:
    Secret("TRUE").get()
while not Secret("WHILE").exists():
    Secret("WHILE").get()
if Secret("OTHER").exists():
    Secret("ANOTHER").get()
