"""Loads yesterday's orders. Needs WAREHOUSE_PASSWORD and a Slack hook."""
from datetime import timedelta
from functools import partial

import pandas as pd
import prefect
from prefect import Flow, Parameter, task, unmapped
from prefect.client import Secret
from prefect.run_configs import KubernetesRun
from prefect.schedules import IntervalSchedule
from prefect.storage import GitLab
from prefect.tasks.postgres import PostgresFetch
from prefect.tasks.secrets import PrefectSecret
from prefect.utilities.notifications import gmail_notifier, slack_notifier

TEAM = "orders"
HOOK = f"{TEAM}_slack_hook"
handler = partial(slack_notifier, webhook_secret=HOOK, only_states=[prefect.engine.state.Failed])


@task(max_retries=3, retry_delay=timedelta(minutes=1), state_handlers=[handler, gmail_notifier])
def load(frame: pd.DataFrame, table: str = "orders") -> int:
    """Loads a frame.

    Example:
        load(frame, Secret("IN_AN_EXAMPLE").get())
    """
    logger = prefect.context.get("logger")
    credentials = prefect.context.get("secrets", {}).get("AWS_CREDENTIALS", {})
    url = "postgresql://etl:{}@db/{}".format(Secret("WAREHOUSE_PASSWORD").get(), table)
    logger.info("loading %d rows", len(frame))
    return frame.to_sql(table, url, **credentials)


fetch = PostgresFetch(db_name="shop", user="etl", host="db", fetch="all")

with Flow("orders", schedule=IntervalSchedule(interval=timedelta(days=1))) as flow:
    day = Parameter("day", default=None)
    rows = fetch(query="select 1", password=PrefectSecret("SHOP_PASSWORD"))
    loaded = load.map(rows, table=unmapped("orders"))
    per_region = [PrefectSecret(f"{region}_KEY") for region in ("eu", "us")]

flow.storage = GitLab(repo="data/flows", path="orders.py", access_token_secret="GITLAB_TOKEN", secrets=["GITLAB_TOKEN"])
flow.run_config = KubernetesRun(image="flows:1", image_pull_secrets=["registry"])

if __name__ == "__main__":
    with prefect.context(secrets=dict(SHOP_PASSWORD="x", WAREHOUSE_PASSWORD="y")):
        flow.run()
