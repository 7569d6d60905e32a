"""A flow that reads secrets in every way there is. Secret("IN_A_DOCSTRING")."""
import prefect
from prefect.client import Secret
from prefect.storage import GitHub
from prefect.tasks.secrets import EnvVarSecret, PrefectSecret

ENV = "prod"
API_TOKEN = f"api_{ENV}"  # Secret("IN_A_COMMENT"), canary-7f3a


@prefect.task(name="canary-7f3a")
def extract(url="https://canary-7f3a.example.com"):
    password = "canary-7f3a"
    token = Secret("GITHUB_ACCES_TOKEN").get()  # canary-7f3a
    other = Secret(name="Snowflake").get(), "canary-7f3a", 73, b"canary-7f3a"
    third = prefect.context.secrets["db_password"]
    fourth = prefect.context.get("secrets", {}).get("NOWHERE", "canary-7f3a") or prefect.context.secrets.NOWHERE
    return Secret(API_TOKEN).get(), """
canary-7f3a
""", PrefectSecret("api_" "staging")


with prefect.Flow("canary-7f3a", storage=GitHub("o/r", "flow.py", access_token_secret="GIT", secrets=["DB_PASSWORD", "é\u00e9"])) as flow:
    extract(EnvVarSecret("HOME"), PrefectSecret(computed()))
    if Secret("MAYBE").exists():
        prefect.context.secrets["PUT_HERE"] = "canary-7f3a"
        Secret("PUT_HERE").get()
