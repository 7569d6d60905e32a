import asyncio
import os

from prefect.blocks.system import Secret

Secret(value="x").save("saved")
Secret(value=os.environ["X"]).save(name="by-keyword", overwrite=True)
block = Secret(value="x")
block.save("by-name")
for name in ("a", "b"):
    Secret(value="x").save(name)
for name, value in os.environ.items():
    Secret(value=value).save(name.lower(), overwrite=True)


async def main():
    await Secret(value="x").save("awaited")
    await Secret(value="x").asave("async")
    loaded = Secret.load("loaded")
    loaded.save("loaded-again")


Other(value="x").save("other")
