import prefect as p
import prefect.client as c, os
import prefect.client.secrets

p.client.Secret("A").get()
c.Secret("B")
prefect.client.secrets.Secret("C")
os.Secret("NOT_PREFECTS")
