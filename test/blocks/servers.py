"""Real servers of Prefect 2 and 3 with SQLite on loopback, and a recorder in front of one."""

import base64
import contextlib
import http.client
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

WORK = pathlib.Path(os.environ["SUITE_WORK"])
VENV = {major: pathlib.Path(os.environ["SUITE_" + major]) for major in ("1", "2", "3")}
AUTH = "ci:a password"


# What runs flows and records events has no part in secrets: `prefect server start --no-services`, and the same for 2.20.
NO_SERVICES = {
    "PREFECT__SERVER_WEBSERVER_ONLY": "1",
    **{"PREFECT_API_SERVICES_%s_ENABLED" % service: "false" for service in (
        "FOREMAN", "SCHEDULER", "LATE_RUNS", "FLOW_RUN_NOTIFICATIONS", "PAUSE_EXPIRATIONS", "CANCELLATION_CLEANUP",
        "EVENT_LOGGER", "TRIGGERS", "EVENT_PERSISTER")},
}


def environment(home, **more):
    """That of a server or a client: none of Prefect's own services on the network is asked."""
    return {
        "PATH": os.environ["PATH"], "HOME": str(home), "PREFECT_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore", "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_UI_ENABLED": "false", "PREFECT_SERVER_UI_ENABLED": "false", "PREFECT_LOGGING_LEVEL": "ERROR", **more,
    }


def empty_database(major):
    """A database with every table and no block type. Making one takes a while, so it is kept beside the environment."""
    kept = VENV[major].with_name(VENV[major].name.replace("venv", "database", 1))
    if not kept.exists():
        home = pathlib.Path(str(kept) + ".new")
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        subprocess.run(
            [VENV[major] / "bin/prefect", "server", "database", "upgrade", "--yes"], env=environment(home), check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        os.replace(home / "prefect.db", kept)
        shutil.rmtree(home)
    return kept


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A server in the background. `url` ends in /api, as PREFECT_API_URL does."""

    def __init__(self, name, major, **settings):
        self.name, self.major, self.home = name, major, WORK / "run" / name
        self.home.mkdir(parents=True)
        shutil.copy(empty_database(major), self.home / "prefect.db")
        port = free_port()
        self.url = "http://127.0.0.1:%d/api" % port
        self.auth = settings.get("PREFECT_SERVER_API_AUTH_STRING", "")
        arguments = ["-m", "uvicorn", "--factory", "prefect.server.api.server:create_app", "--host", "127.0.0.1", "--port", str(port)]
        self.log = self.home / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [VENV[major] / "bin/python", *arguments], env=environment(self.home, **NO_SERVICES, **settings), stdout=log,
                stderr=subprocess.STDOUT, cwd=self.home)

    def wait(self, seconds=300):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                if self.ask("GET", "/admin/version")[0] == 200:
                    return self
            time.sleep(0.1)
        raise SystemExit("blocks: the server %s does not answer; see %s" % (self.name, self.log))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, method, path, body=None):
        """The status and the body of an answer."""
        headers = {"Content-Type": "application/json"}
        if self.auth:
            headers["Authorization"] = "Basic " + base64.b64encode(self.auth.encode()).decode()
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers, method=method), timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def documents(self, secrets=False):
        """Every Secret block by name, as the API lists it."""
        found = {}
        while True:
            page = {"block_types": {"slug": {"any_": ["secret"]}}, "include_secrets": secrets, "sort": "NAME_ASC", "limit": 200, "offset": len(found)}
            status, body = self.ask("POST", "/block_documents/filter", page)
            assert status == 200, body
            rows = json.loads(body)
            found.update((row["name"], row) for row in rows)
            if len(rows) < 200:
                return found

    def clear(self):
        """Deletes every Secret block, and returns the server. SQLite takes one writer at a time: a 503 is tried again."""
        for row in self.documents().values():
            while self.ask("DELETE", "/block_documents/" + row["id"])[0] == 503:
                time.sleep(0.05)
        assert not self.documents()
        return self

    def has_block_type(self):
        return self.ask("GET", "/block_types/slug/secret")[0] == 200

    def client(self):
        """The environment of a client of this server."""
        home = self.home / "client"
        home.mkdir(exist_ok=True)
        more = {"PREFECT_API_AUTH_STRING": self.auth} if self.auth else {}
        return environment(home, PREFECT_API_URL=self.url, **more)

    def read(self, names):
        """What Prefect's own client gives for the names: see read.py."""
        return read_with(self.major, names, self.client())

    def run(self, code, *arguments):
        """Runs Python code with the server's own client."""
        return subprocess.run(
            [VENV[self.major] / "bin/python", "-c", code, *arguments], env=self.client(), check=True, stdout=subprocess.PIPE).stdout.decode()


def read_with(major, names, env):
    script = pathlib.Path(__file__).with_name("read.py")
    done = subprocess.run(
        [VENV[major] / "bin/python", script], env=env, input=json.dumps(sorted(names)).encode(), stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


class Recorder:
    """Passes requests on to a server, and keeps their methods, paths and bodies."""

    def __init__(self, server):
        recorder = self
        target = server.url[len("http://"):].split("/")[0]
        self.requests = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                recorder.requests.append((self.command, self.path, body.decode()))
                upstream = http.client.HTTPConnection(target, timeout=60)
                headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
                upstream.request(self.command, self.path, body, headers)
                got = upstream.getresponse()
                data = got.read()
                upstream.close()
                self.send_response(got.status)
                for name, value in got.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                        self.send_header(name, value)
                if got.status != 204:
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = do_DELETE = answer

        self.listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.listener.daemon_threads = True
        self.url = "http://127.0.0.1:%d/api" % self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def close(self):
        self.listener.shutdown()
        self.listener.server_close()

    def writes(self):
        """The requests that change something."""
        reads = ("/filter", "/count")
        return [(m, p) for m, p, _ in self.requests if m != "GET" and not p.endswith(reads)]

    def values_asked(self):
        """The names whose values were asked for; None among them means all."""
        asked = []
        for _, path, body in self.requests:
            if "include_secrets=true" in path:
                asked.append(path.split("?")[0].rsplit("/", 1)[-1])
            elif '"include_secrets":true' in body.replace(" ", ""):
                asked.extend((json.loads(body).get("block_documents") or {}).get("name", {}).get("any_") or [None])
        return asked
