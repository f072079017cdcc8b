"""A stock Bolt app: whoever mentions it with a method and its arguments has it called; prints what Slack answered."""

import json
import os
import sys

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

environment = os.environ
client = WebClient(token=environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
app = App(client=client, signing_secret=environment["SLACK_SIGNING_SECRET"])


@app.event("app_mention")
def call(event: dict, client: WebClient) -> None:
    order = json.loads(event["text"].partition(" ")[2])
    try:
        answer = client.api_call(order["method"], json=order["arguments"])
    except SlackApiError as refused:
        answer = refused.response
    print(json.dumps(answer.data), flush=True)


if sys.argv[1:]:
    app.start(port=int(sys.argv[1]))
else:
    SocketModeHandler(app, environment["SLACK_APP_TOKEN"]).start()
