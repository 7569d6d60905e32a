try:
    from prefect.client import Secret
except ImportError:
    from prefect.blocks.system import Secret


def get(name):
    if hasattr(Secret, "load"):
        return Secret.load(name).get()
    return Secret(name).get()


get("both")
Secret.load("a-block").get()
Secret("A_SECRET").get()
