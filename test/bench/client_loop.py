"""What a user would write: the real client, one secret after the other. Prints the loop's seconds."""
import json
import sys
import time

import prefect

secrets = json.load(open(sys.argv[1]))
client = prefect.Client()
began = time.perf_counter()
for name, value in secrets.items():
    client.set_secret(name, value)
print(time.perf_counter() - began)
