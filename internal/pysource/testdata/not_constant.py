from prefect.client import Secret

TWICE = "A"
TWICE = "B"
GROWS = "A"
GROWS += "B"
IN_LOOP = "A"
for IN_LOOP in ["B", "C"]:
    Secret(IN_LOOP)
CHANGED = "A"
GONE = "A"
del GONE


def change(PARAMETER="A"):
    global CHANGED
    CHANGED = "B"
    Secret(PARAMETER)


Secret(TWICE), Secret(GROWS), Secret(CHANGED), Secret(GONE), Secret(UNDEFINED)
Secret("%s" % x), Secret("{}".format(x)), Secret("{:>3}".format("A")), Secret("{}{}".format("A")), Secret("%5s" % "A"), Secret("A" * 2), Secret(b"A"), Secret("A" if x else "B")
Secret(x or "A"), Secret(f"{x}"), Secret(f"{TWICE}"), Secret(f"{'A':>3}"), Secret(f"{'A'!r}"), Secret(f"{'A'=}")
Secret("A".lower()), Secret(["A"][0]), Secret(*args), Secret(**kwargs), Secret(name=str("A")), Secret(1), Secret("")
