from prefect.client import *

Secret("A")
