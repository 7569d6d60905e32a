from prefect.client import Secret

x = [Secret("A"), {Secret("B"): Secret("C")}, (Secret("D"),), {Secret("E")}, *Secret("F")]
x = Secret("G") if Secret("H") else Secret("I") or not Secret("J") and -Secret("K") ** 2 in Secret("L")
x = [Secret("M") for a in Secret("N") if Secret("O")], {a: Secret("P") for a in b}, list(Secret("Q") for a in b)
x = lambda a=Secret("R"): Secret("S")
x = a[Secret("T"):Secret("U"), ...][Secret("V")](Secret("W"), *Secret("X"), k=Secret("Y"), **Secret("Z"))
x = (y := Secret("AA")), Secret("AB").get()["k"](Secret("AC")).x
x = 0xFFor Secret("AD"), 1.5e-3if Secret("AE") else 1_0j
print(Secret(name=Secret("AF").get()).get())
