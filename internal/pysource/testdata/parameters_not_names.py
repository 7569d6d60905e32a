from prefect.tasks.cubejs import CubeJSQueryTask
from prefect.tasks.databricks import DatabricksSubmitRun
from prefect.tasks.kubernetes import KubernetesSecret
from prefect.run_configs import KubernetesRun
from prefect.tasks.secrets import PrefectSecret
from prefect.tasks.toloka import create_pool

CubeJSQueryTask(api_secret="a value", api_secret_env_var="CUBEJS_API_SECRET")
DatabricksSubmitRun(databricks_conn_secret={"host": "h"})
DatabricksSubmitRun(databricks_conn_secret=PrefectSecret("A"))
KubernetesSecret(secret_name="of-kubernetes", secret_key="k", kubernetes_api_key_secret="B")
KubernetesRun(image_pull_secrets=["of-kubernetes"])
create_pool(secret_name="C")
