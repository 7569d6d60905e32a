"""The two servers under comparison, started over the same secrets, and what each is asked over HTTP."""

import http.client
import json
import os
import pathlib
import subprocess
import time

import compare

HERE = pathlib.Path(__file__).parent
SCHEMA = HERE.parents[1] / "fixtures" / "graphql" / "schema-ours.graphql"

# What both hold at the start of every case, in the first of the two tenants.
SECRETS = {
    "ALPHA": "a text", "BETA": {"b": [1, None, True], "a": "x"}, "GAMMA": 42, "alpha": False, "a_b%c": "Grüße 🔑",
    "with blank": [], "NUMBER": 0.5,
}


class Server:
    """One server: `process` serves on `port`, and `bearers` are its keys by the words that cases have for them."""

    def __init__(self, process, port, bearers):
        self.process, self.port, self.bearers = process, port, bearers
        self.connection = None

    def send(self, method, path, headers=(), body=b""):
        """The status, content type, Allow header and body of one answer."""
        for attempt in (1, 2):
            try:
                return self.exchange(method, path, headers, body)
            except (http.client.HTTPException, OSError):
                self.connection = None
                if attempt == 2:
                    return 0, "", "", b"no answer"

    def exchange(self, method, path, headers, body):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        c = self.connection
        c.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers:
            c.putheader(name, value)
        if body is not None:
            c.putheader("Content-Length", str(len(body)))
        try:
            c.endheaders(body or None)
        except ConnectionError:
            pass  # a server may answer before it has read everything
        answer = c.getresponse()
        text = answer.read()
        if answer.will_close:
            self.connection = None
        return answer.status, answer.getheader("Content-Type", ""), answer.getheader("Allow", ""), text

    def order(self, method, path, body=None):
        headers = [("Authorization", "Bearer " + self.bearers["admin"]), ("Content-Type", "application/json")]
        status, _, _, text = self.send(method, path, headers, json.dumps(body).encode())
        if status != 200:
            raise RuntimeError(f"{method} {path}: {status} {text[:200]}")
        return json.loads(text)

    def ask(self, query, key="runner", tenant=None):
        headers = [("Authorization", "Bearer " + self.bearers[key]), ("Content-Type", "application/json")]
        headers += [("X-PREFECT-TENANT-ID", tenant)] if tenant else []
        return self.send("POST", "/", headers, json.dumps({"query": query}).encode())[3].decode()

    def stop(self):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait(timeout=20)


class Ours(Server):
    """`prefect-secrets serve --dev`."""

    def __init__(self, binary, work):
        ready = pathlib.Path(work) / "ready.json"
        ready.unlink(missing_ok=True)
        log = open(pathlib.Path(work) / "serve.log", "w")
        process = subprocess.Popen(
            [binary, "serve", "--dev", "--listen", "127.0.0.1:0", "--ready-file", str(ready)],
            stdin=subprocess.PIPE, stdout=log, stderr=log,
        )
        while not ready.exists():
            if process.poll() is not None:
                raise RuntimeError("serve --dev ended; see serve.log")
            time.sleep(0.02)
        facts = json.loads(ready.read_text())
        bearers = {"admin": facts["admin_key"], "runner": facts["runner_key"]}
        super().__init__(process, int(facts["url"].rsplit(":", 1)[1]), bearers)
        self.order("POST", "/_testkit/seed", {"secrets": SECRETS})
        self.order("POST", "/_testkit/seed", {"tenant": "second", "secrets": {}})
        self.start = self.order("POST", "/_testkit/snapshot")
        tenants = json.loads(self.ask("{tenant {id slug name}}"))["data"]["tenant"]
        self.tenants = sorted(tenants, key=lambda t: t["id"] != facts["tenant_id"])

    def reset(self):
        self.order("PUT", "/_testkit/snapshot", self.start)

    def state(self):
        """The text of each value by name, tenant by tenant."""
        out = []
        for tenant in self.tenants:
            names = json.loads(self.ask("{secret_names}", tenant=tenant["id"]))["data"]["secret_names"]
            fields = " ".join(f"v{i}: secret_value(name: {json.dumps(n)})" for i, n in enumerate(names))
            answer = self.ask("{" + fields + "}", tenant=tenant["id"]) if names else '{"data":{}}'
            values = compare.parse(answer)[0][1]
            out.append([tenant["slug"], [[n, v] for n, (_, v) in sorted(zip(names, values), key=lambda row: row[0])]])
        return out


class Apollo(Server):
    """Apollo Server, with the keys and tenants of ours."""

    def __init__(self, ours, work):
        names = {bearer: {"name": role, "role": role} for role, bearer in ours.bearers.items()}
        config = {"keys": names, "tenants": ours.tenants, "secrets": SECRETS}
        process = subprocess.Popen(
            ["node", str(HERE / "server.js"), str(SCHEMA), json.dumps(config)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(pathlib.Path(work) / "apollo.log", "w"), env={**os.environ, "NODE_ENV": "production"},
        )
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("Apollo Server did not start")
        super().__init__(process, int(line), ours.bearers)

    def reset(self):
        self.order("POST", "/_reset")

    def state(self):
        text = self.send("GET", "/_state", body=None)[3]
        return [[slug, sorted(rows, key=lambda row: row[0])] for slug, rows in compare.parse(text)]
