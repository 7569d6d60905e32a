from prefect.storage import Docker, GitHub

NAMES = ["C", "D"]
Docker(secrets=["A", "B"])
GitHub(secrets=NAMES)
GitHub(secrets=("E",), other_secrets={"F"})
GitHub(secrets=["G", computed(), None, *more])
GitHub(secrets=[n for n in NAMES])
GitHub(secrets=all_of_them, access_token_secret="H")
GitHub(secrets=None)
mine(secrets=["NOT_PREFECTS"])
