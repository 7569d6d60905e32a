from prefect import *

context.secrets["A"]
client.Secret("B")
tasks.secrets.PrefectSecret("C")
