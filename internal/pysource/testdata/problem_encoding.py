# vim: set fileencoding=koi8-r :
from prefect.client import Secret
Secret('A')
