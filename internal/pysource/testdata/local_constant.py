from prefect.client import Secret

NAME = "MODULE"


def one():
    NAME = "LOCAL"
    return Secret(NAME)


def two(x):
    if x:
        NAME = "A"
    else:
        NAME = "B"
    return Secret(NAME)


def three():
    return Secret(NAME)


class Flow:
    NAME = "CLASS"
    secret = Secret(NAME)

    def run(self):
        return Secret(NAME), Secret(self.NAME)
