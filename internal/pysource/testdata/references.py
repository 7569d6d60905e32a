"""A docstring: {{ prefect.blocks.secret.in-docstring }}."""

from prefect import flow

# A comment: "{{ prefect.blocks.secret.in-comment }}"
NAME = "constant"
OPEN = "{{ prefect.blocks.secret."

job_variables = {
    "env": {
        "A": "{{ prefect.blocks.secret.spaces }}",
        "B": "{{prefect.blocks.secret.tight}}",
        "C": "postgres://u:{{ prefect.blocks.secret.inside.value }}@{{ prefect.blocks.secret.second }}/db",
        "D": f"{{{{ prefect.blocks.secret.{NAME} }}}}",
        "E": "{{ prefect.blocks.secret.%s }}" % NAME,
        "F": "{{{{ prefect.blocks.secret.{} }}}}".format("formatted"),
        "G": OPEN + "summed" + " }}",
        "H": "{{ prefect.blocks." "secret.joined }}",
        "I": f"{{{{ prefect.blocks.secret.etl-{name()}-key }}}}",
        "J": "{{ prefect.blocks.secret." + name() + " }}",
        "K": f"{name()}://{{{{ prefect.blocks.secret.between }}}}@{name()}",
        "L": "{{ prefect.blocks.secret }}",
        "M": "{{ prefect.blocks.json.other }}",
        "N": "{{ prefect.variables.other }}",
        "O": f"{{ prefect.blocks.secret.one_brace }}",
        "P": r"{{ prefect.blocks.secret.raw }}",
        "Q": b"{{ prefect.blocks.secret.bytes }}",
        "{{ prefect.blocks.secret.a-key }}": 1,
        "R": "{{ prefect.blocks.secret.with_underscore }}",
    },
}
YAML = """
env:
  A: "{{ prefect.blocks.secret.of-lines }}"
"""
for each in ("each-1", "each-2"):
    deploy(job_variables={"env": {"X": f"{{{{ prefect.blocks.secret.{each} }}}}"}})


@flow
def f():
    """{{ prefect.blocks.secret.in-docstring }}"""
