"""What Secret.get of this Python's Prefect gives in the cases of fixtures/prefect/secret-get.jsonl.

    secret_cases.py CASES                     prints one result a line, in the order of the cases
    secret_cases.py CASES RELEASE=RESULTS...  writes CASES again, from what the releases printed; secret_cases.sh runs it

A case is a placement, which is where the secret K is set, with its value; or a step with a configuration of its own,
and maybe a store, a flow that is being built, another name, or another method than get. Its results are by the first
release that gives them: a release that is not there gives what the one before it does.
"""

import collections
import collections.abc
import contextlib
import gc
import importlib
import json
import os
import sys
import tempfile
import warnings


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def number(release):
    return tuple(int(part) for part in release.split("."))


def result_of(results, release):
    """The result of a release, from those of a case."""
    known = [first for first in results if number(first) <= number(release)]
    return results[max(known, key=number)]


def merge(path, outputs):
    """Writes the cases again with the results of all releases."""
    results = {release: read(output) for release, output in sorted(outputs.items(), key=lambda item: number(item[0]))}
    cases = [case for case in read(path) if "releases" not in case]
    with open(path, "w", encoding="utf-8") as file:
        print(json.dumps({"releases": " ".join(results)}), file=file)
        for i, case in enumerate(cases):
            case["results"], before = {}, None
            for release, given in results.items():
                if given[i] != before:
                    case["results"][release] = before = given[i]
            print(json.dumps(case), file=file)


def configuration_of(case):
    """The user's configuration, and the variables of Prefect's, in which a case is measured."""
    value = case.get("value")
    placement = case.get("placement")
    if placement == "toml":
        return "[context.secrets]\nK = " + json.dumps(value) + "\n", {}
    if placement == "toml-raw":
        return "[context.secrets]\n" + value + "\n", {}
    if placement == "env":
        return "\n", {"PREFECT__CONTEXT__SECRETS__K": value}
    return case.get("toml", "\n"), {}


def start(case):
    """Prefect, as it is after an import with the configuration of a case."""
    import prefect

    text, variables = configuration_of(case)
    os.environ.update(variables)
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        configuration = prefect.configuration
        loaded = configuration.load_configuration(configuration.DEFAULT_CONFIG, user_config_path=file.name, env_var_prefix="PREFECT")
    prefect.config = configuration.config = loaded
    prefect.context = importlib.reload(sys.modules["prefect.utilities.context"]).context
    if case.get("placement") == "context":
        prefect.context["secrets"] = {"K": case["value"]}
    elif case.get("placement") == "context-object":
        prefect.context["secrets"] = {"K": eval(case["value"], {"nan": float("nan")})}
    if "store" in case:
        prefect.Client.graphql = lambda self, query, **arguments: answer(case["store"], query, arguments.get("variables", {}).get("name"))
    return prefect


def answer(store, query, name):
    """What Client.graphql gives for the documents of Secret.get and Secret.exists."""
    from prefect.utilities.collections import as_nested_dict
    from prefect.utilities.graphql import GraphQLResult

    field = next((field for field in ("secretNames", "secret_names", "secretValue", "secret_value") if field in query), None)
    if field is None:  # a client of 0.13.0 to 0.13.14 asks a server for its tenant first
        return as_nested_dict({"data": {"tenant": [{"id": "1"}]}}, GraphQLResult)
    if field.lower().endswith("names"):
        return as_nested_dict({"data": {field: list(store)}}, GraphQLResult)
    if name in store:
        return as_nested_dict({"data": {field: store[name]}}, GraphQLResult)
    try:
        from prefect.exceptions import ClientError
    except ImportError:  # before 0.15
        from prefect.utilities.exceptions import ClientError
    raise ClientError([{"message": "No value found for the requested key"}])


def described(value):
    kind = {"BoxList": "list", "Config": "dict", "Box": "dict", "DotDict": "dict", "GraphQLResult": "dict"}.get(type(value).__name__, type(value).__name__)
    if kind in ("list", "dict"):
        return {"type": kind, "json": value}
    if value is None or isinstance(value, (bool, int, str)) or isinstance(value, float) and abs(value) < float("inf"):
        return {"type": kind, "value": value}
    return {"type": kind, "repr": value.isoformat() if kind == "date" else repr(value)}


def result(case):
    try:
        prefect = start(case)
        building = prefect.Flow("is being built") if case.get("building") else contextlib.nullcontext()
        with building:
            secret = prefect.client.Secret(case.get("name", "K"))
            return described(getattr(secret, case.get("call", "get"))())
    except Exception as error:
        return {"error": type(error).__name__}


def measure(cases):
    """Prints the results, each from a process of its own that has imported Prefect already."""
    for name in ("Iterable", "Sequence", "Mapping", "MutableMapping"):  # dropped by Python 3.10; releases before 0.14 want them
        setattr(collections, name, getattr(collections.abc, name))
    import prefect

    gc.collect()
    gc.freeze()
    for case in cases:
        if "releases" in case:
            continue
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            print(json.dumps(result(case)), flush=True)
            os._exit(0)
        if os.waitpid(child, 0)[1] != 0:
            sys.exit("a case failed of " + prefect.__version__)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if len(sys.argv) > 2:
        merge(sys.argv[1], dict(argument.split("=", 1) for argument in sys.argv[2:]))
    else:
        measure(read(sys.argv[1]))
