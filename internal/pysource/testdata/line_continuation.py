from prefect \
    .client import \
    Secret
import prefect

x = Secret \
    ("A")
y = (prefect
     .context  # a comment
     .secrets
     ["B"])
if x and \
        Secret("C"):
    pass
