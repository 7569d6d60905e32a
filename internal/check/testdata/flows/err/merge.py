from prefect.client import Secret

<<<<<<< HEAD
token = Secret("A").get()
=======
token = Secret("B").get()
>>>>>>> other
