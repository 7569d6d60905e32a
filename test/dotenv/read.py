"""Reads dotenv files with python-dotenv: a JSON list of texts in, a JSON list of readings out.

A text is read as open() reads it, which makes each line end \\n. A reading is an object of names
and values, or null for a file of which a line is refused.
"""

import io
import json
import logging
import sys

from dotenv import main


logging.disable()


def read(text):
    stream = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    env = main.DotEnv(dotenv_path=None, stream=stream, interpolate=True)
    if any(binding.error for binding in main.parse_stream(io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))):
        return None
    return env.dict()


json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
