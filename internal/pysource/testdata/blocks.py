import asyncio
import functools
import os

import prefect.blocks.system
import prefect.blocks.system as of_module
from prefect import flow, task
from prefect.blocks import system
from prefect.blocks.core import Block
from prefect.blocks.system import Secret, Secret as Renamed, String
from prefect.client.orchestration import get_client
from prefect.filesystems import Azure
from prefect.variables import Variable

Secret.load("plain")
Secret.load(name="by-keyword", validate=False).get()
Renamed.load("renamed")
system.Secret.load("of-package")
prefect.blocks.system.Secret.load("of-prefect")
of_module.Secret.load("of-module")
Block.load("secret/generic")
Block.load("json/other")
Block.load("no-type")
Block.load(f"secret/{os.environ['ENV']}-password")
Block.load(f"json/{os.environ['ENV']}")
Block.load(os.environ["BLOCK"])
String.load("a-string")
Variable.get("a-variable")
Secret.load_from_ref({"block_document_slug": "by-slug"})
Secret.load_from_ref({"block_document_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6"})
Block.load_from_ref(ref={"block_document_slug": "secret/generic-by-slug"})
load = Secret.load
load("by-alias")
functools.partial(Secret.load, "partial")()
list(map(Secret.load, ["mapped-1", "mapped-2"]))
asyncio.to_thread(Secret.load, "by-thread")
Azure(bucket_path="x", azure_storage_client_secret="a value")
Secret(value="x").get()


class Own(Secret):
    pass


Own.load("own")

for name in ("loop-1", "loop-2"):
    Secret.load(name)
Secret.load(os.environ["NAME"])
Secret.load(f"etl-{os.environ['NAME']}")


async def main():
    (await Secret.load("awaited")).get()
    await Secret.aload("async")
    await asyncio.gather(*(Secret.load(n) for n in ["gathered-1", "gathered-2"]))
    async with get_client() as client:
        await client.read_block_document_by_name("by-client", block_type_slug="secret")
        await client.read_block_document_by_name("by-client", block_type_slug="json")


@task
def read(name):
    return Secret.load(name).get()


@flow
def etl():
    read("given")
    try:
        Secret.load("handled")
    except ValueError:
        pass
    try:
        Secret.load("not-handled")
    except KeyError:
        pass
