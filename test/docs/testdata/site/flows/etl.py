from prefect.client import Secret


def notify():
    return Secret("SLACK_WEBHOOK_URL").get()
