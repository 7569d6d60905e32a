from prefect.client import Secret

A = "A"
B: str = "B"
C = D = "CD"
E, F = "E", ("F")
SUM = A + "_" + B
ADJACENT = "ADJ" 'ACENT' """_3"""
FORMAT = f"{A}_{B!s}{{}}"
LATER_USE = lambda: Secret(LATER)
LATER = "LATER"

for name in (Secret(A), Secret(B), Secret(C), Secret(D), Secret(E), Secret(F)):
    Secret(SUM), Secret(ADJACENT), Secret(FORMAT)
Secret((A))
Secret("IN" "_PLACE_" + A)
Secret("%s_OF" % "TEMPLATE"), Secret("{}_IN".format("TEMPLATE")), Secret("IN_%s" % ("A",))
