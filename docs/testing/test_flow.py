"""Tests of a flow whose tasks read secrets, against the fake of conftest.py."""

import prefect
import pytest
from prefect import Flow, Parameter, task
from prefect.client import Client, Secret
from prefect.tasks.secrets import PrefectSecret
from prefect.utilities.configuration import set_temporary_config

posted = []


@task
def read_rows(credentials, table):
    return f"rows of {table} as {credentials['user']}"


def notify(task, old_state, new_state):
    if new_state.is_successful():
        posted.append(Secret("SLACK_WEBHOOK_URL").get())
    return new_state


@task(state_handlers=[notify])
def publish(rows):
    return rows.upper()


with Flow("report") as flow:
    table = Parameter("table", default="orders")
    publish(read_rows(PrefectSecret("DB_CREDENTIALS"), table))


@pytest.fixture
def secrets(cloud):
    posted.clear()
    values = {
        "DB_CREDENTIALS": {"user": "reporter", "password": "correct-horse"},
        "SLACK_WEBHOOK_URL": "https://hooks.example.com/T0",
    }
    cloud.testkit("POST", "seed", {"secrets": values})
    return values


def test_flow_reads_its_secrets(cloud, secrets):
    state = flow.run()
    assert state.is_successful()
    assert posted == [secrets["SLACK_WEBHOOK_URL"]]
    calls = cloud.testkit("GET", "calls?field=secret_value")["calls"]
    names = [call["secret"] for call in calls]
    assert names == ["DB_CREDENTIALS", "SLACK_WEBHOOK_URL"]


def test_flow_fails_without_its_secret(cloud):
    state = flow.run()
    assert state.is_failed()
    with pytest.raises(KeyError, match="DB_CREDENTIALS was not found"):
        Secret("DB_CREDENTIALS").get()


def test_flow_survives_an_api_that_fails_once(cloud, secrets):
    """Prefect's client repeats a request after API_ERROR."""
    match = {"secret": "DB_CREDENTIALS", "times": 1}
    fault = {"match": match, "fault": "partial_failure"}
    cloud.testkit("POST", "faults", fault)
    assert flow.run().is_successful()


def test_flow_fails_with_an_expired_key(cloud, secrets):
    fault = {"match": {"key": "runner"}, "fault": "key_expired"}
    cloud.testkit("POST", "faults", fault)
    assert flow.run().is_failed()


def test_another_tenant_has_its_own_secrets(cloud, secrets):
    values = {"SLACK_WEBHOOK_URL": "https://hooks.example.com/T1"}
    tenant = cloud.testkit("POST", "seed", {"tenant": "staging", "secrets": values})
    client = Client(api_key=cloud.runner_key, tenant_id=tenant["tenant_id"])
    names = client.graphql("query{secret_names}").data.secret_names
    assert names == ["SLACK_WEBHOOK_URL"]


def test_a_write_whose_reply_is_lost_is_sent_again(cloud):
    """Over http this is what Prefect 1.2.2 and later do."""
    match = {"field": "set_secret", "times": 1}
    cloud.testkit("POST", "faults", {"match": match, "fault": "reply_lost"})
    with set_temporary_config({"cloud.api_key": cloud.admin_key}):
        Client().set_secret("NEW", "value-of-new")
    calls = cloud.testkit("GET", "calls?secret=NEW")["calls"]
    assert [call["err"] for call in calls] == ["DROPPED", ""]
    assert Secret("NEW").get() == "value-of-new"


def test_a_snapshot_restores_the_secrets(cloud, secrets):
    number = cloud.testkit("POST", "snapshot")["snapshot"]
    changed = {"SLACK_WEBHOOK_URL": "https://hooks.example.com/changed"}
    cloud.testkit("POST", "seed", {"secrets": changed})
    cloud.testkit("PUT", "snapshot", {"snapshot": number})
    assert Secret("SLACK_WEBHOOK_URL").get() == secrets["SLACK_WEBHOOK_URL"]


def test_local_secrets_need_no_cloud():
    values = {"SLACK_WEBHOOK_URL": "https://hooks.example.com/local"}
    with prefect.context(secrets=values):
        assert Secret("SLACK_WEBHOOK_URL").get() == "https://hooks.example.com/local"
