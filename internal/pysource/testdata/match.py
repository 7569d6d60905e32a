from prefect.client import Secret
import prefect

match Secret("A").get():
    case {"key": Secret, **prefect} if prefect:
        Secret("CAPTURED")
    case Point(x=0) | [1, *rest]:
        prefect.client.Secret("B")
    case str() as name:
        prefect.context.secrets[name]
match = 1
case = {"a": Secret}
case["a"]
match (x):
    case _: prefect.client.Secret("C")
type X = Secret
