from prefect.client import Secret
Secret('A')Secret('B')
Secret('''C
D''')