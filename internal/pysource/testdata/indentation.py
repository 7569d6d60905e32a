from prefect.client import Secret
if x:
	def f():
	        Secret = 1
	        return Secret("LOCAL")
	Secret("A")

  # a comment that is out of place

class C:

    def g(self):
        return [
  Secret("B"),
]
    Secret("C")
Secret("D")
