from prefect.client import Secret

Secret("ON_THIS_LINE").get()  # prefect-secrets: ignore[undefined-secret] set by hand on each machine
# prefect-secrets: ignore[undefined-secret] set by hand on each machine
Secret("ON_THE_NEXT").get()
Secret("DB_PASSWORD").get()  # prefect-secrets: ignore[undefined-secret] it is there after all
Secret("NO_REASON").get()  # prefect-secrets: ignore[undefined-secret]
