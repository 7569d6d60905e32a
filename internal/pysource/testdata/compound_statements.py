from prefect.client import Secret
from prefect import Flow, case

if Secret("A"): Secret("B")
elif Secret("C"): pass
else: Secret("D")
while Secret("E"): break
for x in Secret("F"), Secret("G"): Secret("H")
with Flow("x") as flow, case(Secret("I"), True): Secret("J")
with (Flow("x") as flow, open(Secret("K")) as Secret2): pass
try: Secret("L")
except Secret("M") as e: Secret("N")
finally: Secret("O")
@decorated(Secret("P"))
async def f(a: Secret("Q") = Secret("R"), *b, c=Secret("S"), **d) -> Secret("T"): await Secret("U")
class K(Secret("V"), metaclass=Secret("W")): x = Secret("X")
assert Secret("Y"), Secret("Z")
raise Secret("AA") from Secret("AB")
return Secret("AC")
yield Secret("AD")
del x[Secret("AE")]
x[Secret("AF")] = y = Secret("AG"); z: Secret("AH") = Secret("AI"); z += Secret("AJ")
