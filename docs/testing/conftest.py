"""A fake of Prefect Cloud's secrets for pytest. It needs Prefect 0.15 to 1.4.

Copy this file next to your tests. It starts the command prefect-secrets, or the one
that PREFECT_SECRETS_BIN names.
"""
import json, os, subprocess, time, urllib.request
import prefect, pytest
from prefect.utilities.configuration import set_temporary_config


class Cloud:
    def __init__(self, ready):
        vars(self).update(ready)  # url, tenant_id, admin_key, runner_key

    def testkit(self, method, path, body=None):
        """Sends a request to /_testkit/, and returns the answer."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        url = f"{self.url}/_testkit/{path}"
        request = urllib.request.Request(url, body, method=method)
        request.add_header("Authorization", f"Bearer {self.admin_key}")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def cloud_server(tmp_path_factory):
    """One server for all tests."""
    ready = tmp_path_factory.mktemp("cloud") / "ready.json"
    command = [
        os.environ.get("PREFECT_SECRETS_BIN", "prefect-secrets"), "serve", "--dev",
        "--listen", "127.0.0.1:0", "--ready-file", ready,
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while not ready.exists():
        assert server.poll() is None, "prefect-secrets serve --dev did not start"
        time.sleep(0.01)
    yield Cloud(json.loads(ready.read_text()))
    server.terminate()
    server.wait()


@pytest.fixture
def cloud(cloud_server, capfd, caplog):
    """An empty store for one test. It fails the test for what it should not do."""
    cloud_server.testkit("POST", "reset")
    settings = {
        "backend": "cloud",
        "cloud.api": cloud_server.url,
        "cloud.api_key": cloud_server.runner_key,
        "cloud.use_local_secrets": False,
    }
    with set_temporary_config(settings), prefect.context(secrets={}):
        yield cloud_server

    rules = cloud_server.testkit("GET", "faults")["faults"]
    unused = [rule["match"] for rule in rules if not rule["fired"]]
    assert not unused, f"injected faults that never fired: {unused}"

    invalid = cloud_server.testkit("GET", "calls")["invalid"]
    assert not invalid, f"documents that the API refuses: {invalid}"

    logged = [caplog.handler.format(record) for record in caplog.get_records("call")]
    output = "\n".join([*capfd.readouterr(), *logged])
    leaks = cloud_server.testkit("POST", "leaks", output.encode())["leaks"]
    assert not leaks, f"the test printed the value of {leaks}"
