from prefect import context
from prefect.utilities.context import context as ctx

context.secrets.A
ctx.secrets.B.lower()
context.secrets.keys()
context.secrets.__class__
"x" in context.secrets
