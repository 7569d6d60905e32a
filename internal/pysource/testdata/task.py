from prefect.tasks.secrets import PrefectSecret, Secret
from prefect.tasks.secrets.base import PrefectSecret as Base
import prefect

a = PrefectSecret("A")
b = PrefectSecret(name="B", max_retries=3)
c = Secret("C")
d = Base("D")
e = prefect.tasks.secrets.PrefectSecret("E")
f = PrefectSecret()
