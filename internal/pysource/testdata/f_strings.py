from prefect.client import Secret

ENV, WIDTH = "prod", 3
print(f"{Secret('A').get()} and {Secret('B').get()!r:>{WIDTH}} {{Secret('NOT_READ')}}")
print(rf"\{Secret('C')}", f"""{
    Secret("D")  # in three lines
}""", f'{x:%Y-%m-%d}', f"{x!r}", F"{x != 1}", f"{ {'a': 1}['a'] }", f"\N{BULLET} {Secret('E')}")
Secret(f"{ENV}_F"), Secret(f'G' "_" f"{ENV}"), Secret(fr"{ENV}\n"), Secret(f"{ENV:>5}"), Secret(f"{{{ENV}}}")
print(f"{Secret("NESTED_QUOTES")}", f"{x:{Secret('IN_A_FORMAT')}}", f"{(lambda: Secret('H'))()}", f"{'}'}{Secret('I')}")
