try:
    from prefect.tasks.secrets import PrefectSecret
except ImportError:
    from prefect.tasks.secrets import Secret as PrefectSecret
try:
    from prefect.client import Secret
except ImportError:
    Secret = None
if test:
    from fakes import Secret as S
    S("NOT_PREFECTS")
else:
    from prefect.client import Secret as S
    S("A")
PrefectSecret("B"), Secret("C"), S("D")
