from prefect.client import Secret

Secret(f"SHOP_{user}_KEY")
Secret(f"{env}_TOKEN")
Secret("A_" + name)
Secret(name + "_B")
Secret("C_" + "D_" + x + y)
Secret("E_%s_F" % x)
Secret("%(a)s_G%%H" % x)
Secret("H_{}_{b}".format(x, b=y))
Secret(f"low_{x}".upper())
prefix = "P_"
full = prefix + x
Secret(full)
Secret(x)
Secret("I_" f"{x}" "_J")
Secret(name=f"{x}")
