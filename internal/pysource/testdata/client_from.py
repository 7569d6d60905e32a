from prefect.client import Secret
from prefect.client.secrets import Secret as S
from prefect import client, Client
from prefect.client import (
    Client as C2,
    Secret as InBrackets,  # and a comment
)

Secret("A").get()
S(name="B").get()
client.Secret("C")
InBrackets("D")
Client("NOT_A_SECRET")
