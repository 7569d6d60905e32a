from prefect.client import Secret

Secret("A")
print "hello", Secret("NOT_READ")
