def reads():
    from prefect.client import Secret
    def inner():
        return Secret("A")
    return inner


Secret("OUTSIDE")


class C:
    from prefect.client import Secret
    x = Secret("B")

    def method(self):
        return Secret("NOT_SEEN_IN_A_METHOD")


def outer():
    Secret = None
    def inner():
        nonlocal Secret
        from prefect.client import Secret
    return Secret("C")


def sets():
    global G
    from prefect.client import Secret as G


G("D")
