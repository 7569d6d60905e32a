import prefect
from prefect import client
from prefect.client import Secret

S = Secret
T = U = prefect.client.Secret
module = client
a, b = Secret, 1


def f():
    local = module.Secret
    return local("A"), S("B"), T("C"), U("D"), a("E"), b("NOT_A_SECRET")


if (W := Secret)("F"):
    W("G")
loop = loop2
loop2 = loop
loop("NOT_A_SECRET")
chosen = S if x else None
chosen("NOT_FOLLOWED")
