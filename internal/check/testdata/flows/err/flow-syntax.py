from prefect.client import Secret

a = Secret("NOT_THERE").get()
b = 'it's canary-7f3a here, and a text that nothing closes
c = Secret("NOR_THIS").get()
