"""What this Python's Prefect 2 or 3 does with the cases of fixtures/prefect/blocks.jsonl.

    blocks.py CASES                     prints one result a line, in the order of the cases
    blocks.py CASES RELEASE=RESULTS...  writes CASES again, from what the releases printed

PREFECT_API_URL names a server of that release, of which it makes the blocks. A case is a module, which is run; a YAML document, whose references are resolved as those of prefect.yaml and of job
variables are; or the name of a block, which is saved. There are the blocks secret/db-password, secret/api-key and
secret/settings. A result has the names of the Secret blocks that Prefect asked its server for, and the class of the error.
"""

import asyncio
import contextlib
import functools
import io
import json
import logging
import os
import sys
import warnings

from secret_cases import merge, read

BLOCKS = {"db-password": "a", "api-key": "b", "settings": '{"user": {"name": "c"}}'}


def record(asked):
    """Notes the Secret blocks that a client asks for by name."""
    from prefect.client import orchestration

    for client in ("PrefectClient", "SyncPrefectClient"):
        cls = getattr(orchestration, client, None)
        original = getattr(cls, "read_block_document_by_name", None)
        if original is None:
            continue

        def noting(self, name, block_type_slug, *args, original=original, **kwargs):
            if block_type_slug == "secret" and name not in asked:
                asked.append(name)
            return original(self, name, block_type_slug, *args, **kwargs)

        cls.read_block_document_by_name = functools.wraps(original)(noting)


def run(case):
    from prefect.blocks.system import Secret

    if "python" in case:
        exec(compile(case["python"], "flow.py", "exec"), {"__name__": "__main__"})
    elif "yaml" in case:
        import yaml
        from prefect.utilities.templating import resolve_block_document_references

        asyncio.run(resolve_block_document_references(yaml.safe_load(case["yaml"])))
    else:
        Secret(value="x").save(case["name"], overwrite=True)


def measure(cases):
    from prefect.blocks.system import Secret

    for name, value in BLOCKS.items():
        Secret(value=value).save(name, overwrite=True)
    asked, output = [], os.fdopen(os.dup(1), "w")
    record(asked)
    for case in cases:
        if "releases" in case:
            continue
        asked.clear()
        error = None
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                run(case)
        except Exception as raised:
            error = type(raised).__name__
        print(json.dumps({"asked": sorted(asked), "error": error}), file=output, flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable()
    if len(sys.argv) > 2:
        merge(sys.argv[1], dict(argument.split("=", 1) for argument in sys.argv[2:]))
    else:
        measure(read(sys.argv[1]))
