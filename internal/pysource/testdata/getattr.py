from importlib import import_module
import prefect
from prefect.client import Secret
from prefect.blocks import system

getattr(Secret("A"), "get")()
getattr(prefect.client, "Secret")("B").get()
getattr(prefect.context.secrets, "C")
getattr(prefect.context.secrets, "D", None)
getattr(prefect.context, "secrets")["E"]
getattr(prefect.context, "secrets", {}).get("F")
getattr(getattr(prefect.context, "secrets"), "G")
getattr(import_module("prefect.client"), "Secret")(name="H")
prefect.context.secrets.__getitem__("I")
getattr(prefect.client.Client(), "set_secret")("J", 1)

getattr(system.Secret, "load")("a")
getattr(system, "Secret").load("b")
load = getattr(system.Secret, "aload")
load("c")
map(getattr(system.Secret, "load"), ["d"])

try:
    getattr(Secret("HANDLED"), "get")()
except ValueError:
    pass

# Which attribute it is, is not certain.
getattr(system.Secret, which)("none")
getattr(*[system.Secret, "load"])("none")
getattr(system.Secret)
getattr(prefect.context, "secrets.NONE")


def own():
    def getattr(of, name):
        return print

    getattr(system.Secret, "load")("none")
    getattr(prefect.context.secrets, "NONE")
