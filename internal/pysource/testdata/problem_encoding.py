# vim: set fileencoding=utf-7 :
from prefect.client import Secret
Secret('A')
