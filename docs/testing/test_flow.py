"""Unit tests of a flow whose tasks read secrets, against the fake that conftest.py starts."""

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
    values = {"DB_CREDENTIALS": {"user": "reporter", "password": "correct-horse"}, "SLACK_WEBHOOK_URL": "https://hooks.example.com/T0"}
    cloud.order("POST", "seed", {"secrets": values})
    return values


def test_flow_reads_its_secrets(cloud, secrets):
    state = flow.run()
    assert state.is_successful()
    assert posted == [secrets["SLACK_WEBHOOK_URL"]]
    assert [call["secret"] for call in cloud.order("GET", "calls?field=secret_value")["calls"]] == ["DB_CREDENTIALS", "SLACK_WEBHOOK_URL"]


def test_flow_fails_without_its_secret(cloud):
    state = flow.run()
    assert state.is_failed()
    with pytest.raises(KeyError, match="DB_CREDENTIALS was not found"):
        Secret("DB_CREDENTIALS").get()


def test_flow_survives_an_api_that_fails_once(cloud, secrets):
    """Prefect's client asks again after API_ERROR."""
    cloud.order("POST", "faults", {"match": {"secret": "DB_CREDENTIALS", "times": 1}, "fault": "partial_failure"})
    assert flow.run().is_successful()


def test_flow_fails_with_an_expired_key(cloud, secrets):
    cloud.order("POST", "faults", {"match": {"key": "runner"}, "fault": "key_expired"})
    assert flow.run().is_failed()


def test_another_tenant_has_its_own_secrets(cloud, secrets):
    tenant = cloud.order("POST", "seed", {"tenant": "staging", "secrets": {"SLACK_WEBHOOK_URL": "https://hooks.example.com/T1"}})
    client = Client(api_key=cloud.runner_key, tenant_id=tenant["tenant_id"])
    assert client.graphql("query{secret_names}").data.secret_names == ["SLACK_WEBHOOK_URL"]


def test_a_write_whose_reply_is_lost_is_sent_again(cloud):
    cloud.order("POST", "faults", {"match": {"field": "set_secret", "times": 1}, "fault": "reply_lost"})
    with set_temporary_config({"cloud.api_key": cloud.admin_key}):
        Client().set_secret("NEW", "value-of-new")
    assert [call["err"] for call in cloud.order("GET", "calls?secret=NEW")["calls"]] == ["DROPPED", ""]
    assert Secret("NEW").get() == "value-of-new"


def test_a_snapshot_is_gone_back_to(cloud, secrets):
    number = cloud.order("POST", "snapshot")["snapshot"]
    cloud.order("POST", "seed", {"secrets": {"SLACK_WEBHOOK_URL": "https://hooks.example.com/changed"}})
    cloud.order("PUT", "snapshot", {"snapshot": number})
    assert Secret("SLACK_WEBHOOK_URL").get() == secrets["SLACK_WEBHOOK_URL"]


def test_local_secrets_need_no_cloud():
    with prefect.context(secrets={"SLACK_WEBHOOK_URL": "https://hooks.example.com/local"}):
        assert Secret("SLACK_WEBHOOK_URL").get() == "https://hooks.example.com/local"
