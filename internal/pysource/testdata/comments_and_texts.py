"""Secret("IN_A_DOCSTRING").get()

>>> Secret("IN_A_DOCTEST").get()
"""
from prefect.client import Secret

# Secret("IN_A_COMMENT")
text = 'Secret("IN_A_TEXT")' + "prefect.context.secrets['IN_A_TEXT']"
raw = r"\\" ; Secret("A")  # Secret("BEHIND")
long = '''
Secret("IN_A_LONG_TEXT")
\''' Secret("STILL_IN_IT")
'''; Secret("B")
