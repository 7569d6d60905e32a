"""Reads secrets with the client of Prefect 2 or 3, or of Prefect 1, as a flow does.

Standard input is a JSON list of names. The output is a JSON object of what get() gives: its repr(), which has the type of
each part, or the class of its error.
"""

import json
import sys

import prefect


def read(name):
    try:
        if prefect.__version__.startswith("1."):
            return prefect.client.Secret(name).get()
        return Secret.load(name).get()
    except (Exception, RecursionError) as error:
        return error


if prefect.__version__.startswith("1."):
    import prefect.client  # noqa: F401
else:
    from prefect.blocks.system import Secret

out = {}
for name in json.load(sys.stdin):
    value = read(name)
    out[name] = "!" + type(value).__name__ if isinstance(value, Exception) else repr(value)
json.dump(out, sys.stdout)
