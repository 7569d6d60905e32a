"""A Prefect Cloud of secrets, in memory, for pytest and Prefect 0.15 to 1.4.

Copy this file beside your tests. It starts the command prefect-secrets, or what PREFECT_SECRETS_BIN names.
"""
import json, os, subprocess, time, urllib.request
import prefect, pytest
from prefect.utilities.configuration import set_temporary_config


class Cloud:
    def __init__(self, ready):
        vars(self).update(ready)  # url, tenant_id, admin_key, runner_key

    def order(self, method, path, body=None):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_testkit/{path}", data, method=method)
        request.add_header("Authorization", f"Bearer {self.admin_key}")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def cloud_server(tmp_path_factory):
    ready = tmp_path_factory.mktemp("cloud") / "ready.json"
    command = [os.environ.get("PREFECT_SECRETS_BIN", "prefect-secrets"), "serve", "--dev"]
    server = subprocess.Popen(command + ["--listen", "127.0.0.1:0", "--ready-file", ready], stdout=subprocess.DEVNULL)
    while not ready.exists():
        assert server.poll() is None, "prefect-secrets serve --dev did not start"
        time.sleep(0.01)
    yield Cloud(json.loads(ready.read_text()))
    server.terminate()
    server.wait()


@pytest.fixture
def cloud(cloud_server, capfd, caplog):
    cloud_server.order("POST", "reset")
    settings = {"backend": "cloud", "cloud.api": cloud_server.url, "cloud.api_key": cloud_server.runner_key}
    with set_temporary_config({**settings, "cloud.use_local_secrets": False}), prefect.context(secrets={}):
        yield cloud_server
    unused = [rule["match"] for rule in cloud_server.order("GET", "faults")["faults"] if not rule["fired"]]
    assert not unused, f"injected faults that never fired: {unused}"
    assert not (invalid := cloud_server.order("GET", "calls")["invalid"]), f"documents that the API refuses: {invalid}"
    logged = [caplog.handler.format(record) for record in caplog.get_records("call")]
    output = "\n".join([*capfd.readouterr(), *logged])
    leaks = cloud_server.order("POST", "leaks", output.encode())["leaks"]
    assert not leaks, f"the test printed the value of {leaks}"
