from prefect.blocks.system import Secret

Secret().load("a")
Secret(value="x").load(name="b")
Secret.load("c").load("d").save("e")
block = Secret(value="x")
block.aload("f")
block.load_from_ref({"block_document_slug": "g"})
list(map(block.load, ["h"]))

Secret.save(block, "saved")
Secret.asave(block, name="saved-too")
Secret.save(block, computed)
