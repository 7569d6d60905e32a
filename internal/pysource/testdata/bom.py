from prefect.client import Secret; Secret('A')
