from prefect.client import Secret
from prefect.tasks.secrets import PrefectSecret


class Secret:
    def __init__(self, name):
        PrefectSecret(name)


def PrefectSecret(name):
    return Secret(name)


Secret("OF_A_CLASS")
PrefectSecret("OF_A_FUNCTION")
