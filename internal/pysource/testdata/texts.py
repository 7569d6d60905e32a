from prefect.client import Secret

Secret("""A""")
Secret('''B''')
Secret(r"C\d")
Secret(u'D')
Secret("E\x41\u0042\N{LATIN SMALL LETTER C}")
Secret("F" # a comment
       "G"
       r"H")
Secret("I\
J")
Secret(R'K' U"L")
Secret("""M
N""")
Secret("my secret")
Secret("ключ 🔑"), Secret("after")
