"""A scripted Prefect Server, and the tee in front of what is tested. Both record what they see."""

import collections
import http.client
import http.server
import json
import re
import threading
import urllib.parse

Exchange = collections.namedtuple("Exchange", "field request headers status answer")


def field(body):
    """The name of the first field of a document, as Prefect's client writes it."""
    return re.match(r"\s*(?:query|mutation)[^{]*\{\s*(\w+)", json.loads(body)["query"]).group(1)


class Recorder(http.server.ThreadingHTTPServer):
    """An HTTP server that answers a POST with reply(field, body, headers) and keeps each exchange."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen, self.lock = [], threading.Lock()
        self.url = "http://127.0.0.1:%d" % self.server_port
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        name = field(body)
        answered = self.server.reply(name, body, self.headers)
        if answered is None:  # the connection ends without an answer
            self.close_connection = True
            return
        status, kind, answer = answered
        with self.server.lock:
            self.server.seen.append(Exchange(name, body, dict(self.headers.items()), status, answer))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


class Tee(Recorder):
    """Passes each request on to `target` as it is, and its answer back."""

    def __init__(self, target):
        self.target = urllib.parse.urlsplit(target).netloc
        super().__init__()

    def reply(self, name, body, headers):
        connection = http.client.HTTPConnection(self.target, timeout=60)
        try:
            connection.request("POST", "/", body, dict(headers.items()))
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type"), answer.read()
        finally:
            connection.close()


class PrefectServer(Recorder):
    """What Prefect Server answers an agent and a flow run with, for one flow and the runs that a test schedules.

    Its answers hold more fields than a document asks for; Prefect's client takes what it needs.
    """

    def __init__(self, flow):
        self.flow, self.runs, self.tasks, self.logs, self.dropped = flow, {}, {}, [], 0
        self.drop = collections.Counter()
        super().__init__()

    def reply(self, name, body, headers):
        variables = json.loads(json.loads(body)["variables"]) or {}
        with self.lock:
            if self.drop[name] > 0:
                self.drop[name] -= 1
                self.dropped += 1
                return None
            handler = getattr(self, "on_" + name, None)
            if handler is None:
                answer = {"errors": [{"message": "Cannot query field %s" % name, "locations": []}]}
                return 400, "application/json", json.dumps(answer).encode()
            answer = {"data": {name: handler(json.loads(body)["query"], variables.get("input"))}}
        # Spaces, escapes and the order of keys are to arrive as they are.
        return 200, "application/json; charset=utf-8", (json.dumps(answer, indent=1) + "\n").encode()

    def schedule(self, run, parameters):
        """Makes a run ready; scheduled is the JSON of its state."""
        scheduled = {"type": "Scheduled", "start_time": "2020-01-01T00:00:00+00:00", "message": "by the suite"}
        with self.lock:
            self.runs[run] = {"parameters": parameters, "states": [scheduled], "version": 1}

    def states(self, run):
        """The types of the states that a run went through, the first being Scheduled."""
        with self.lock:
            return [state["type"] for state in self.runs[run]["states"]]

    # The API ------------------------------------------------------------------------------------

    def on_hello(self, query, given):
        return "\N{WAVING HAND SIGN}"

    def on_register_agent(self, query, given):
        return {"id": "6f1d0a52-0f2f-4a3c-8f4f-0c8f6a3b1d11"}

    def on_get_runs_in_queue(self, query, given):
        return {"flow_run_ids": [id for id, run in self.runs.items() if run["states"][-1]["type"] == "Scheduled"]}

    def on_flow_run(self, query, given):
        return [self.row(id) for id in self.runs if id in query]

    def on_flow_run_by_pk(self, query, given):
        return next(self.row(id) for id in self.runs if id in query)

    def row(self, id):
        run = self.runs[id]
        return {
            "id": id, "name": "suite", "flow_id": self.flow["id"], "version": run["version"], "state": run["states"][-1]["type"],
            "serialized_state": run["states"][-1], "parameters": run["parameters"], "context": {}, "run_config": self.flow["run_config"],
            "scheduled_start_time": "2020-01-01T00:00:00+00:00", "flow": self.flow, "task_runs": [],
        }

    def on_set_flow_run_states(self, query, given):
        for change in given["states"]:
            run = self.runs[change["flow_run_id"]]
            run["states"].append(change["state"])
            run["version"] += 1
        return {"states": [{"id": "s", "status": "SUCCESS", "message": None} for _ in given["states"]]}

    def on_get_or_create_task_run_info(self, query, given):
        # One task run for each document that asks for one is enough: nothing here is mapped.
        id = "task-run-%d" % len(self.tasks)
        self.tasks[id] = []
        return {"id": id, "version": 1, "serialized_state": {"type": "Pending"}}

    def on_set_task_run_states(self, query, given):
        for change in given["states"]:
            self.tasks[change["task_run_id"]].append(change["state"])
        return {"states": [{"id": "s", "status": "SUCCESS", "message": None} for _ in given["states"]]}

    def on_update_flow_run_heartbeat(self, query, given):
        return {"success": True}

    on_update_task_run_heartbeat = on_update_flow_run_heartbeat

    def on_write_run_logs(self, query, given):
        self.logs += given["logs"]
        return {"success": True}
