"""A program of AWS: boto3, and the AgentCore SDK for sockets. Nothing of it knows us.

Word: a JSON object with region, access_key, secret_key, sts and agent_core (addresses). Commands, one JSON object a line:
  identity                                  who AWS STS says that this is
  token      audience                       a web identity token
  presigned  audience                       a presigned GetCallerIdentity that names the audience, as `cs-aws-v1.…`
  invoke     arn prompt session [token] [accept]
                                            InvokeAgentRuntime, signed, or with this token in place of the signature
  stop       arn session [token]            StopRuntimeSession
  socket     arn address token session prompts
                                            a WebSocket with the headers that the AgentCore SDK makes for this runtime
"""

import base64
import json
import sys
from urllib.parse import urlencode, urlsplit

import boto3
from bedrock_agentcore.runtime import AgentCoreRuntimeClient
from botocore import UNSIGNED
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

OWN = json.loads(sys.argv[1])
SESSION = boto3.Session(OWN["access_key"], OWN["secret_key"], region_name=OWN["region"])
STS = SESSION.client("sts", endpoint_url=OWN["sts"])


def identity(_):
    answer = STS.get_caller_identity()
    return {name: answer[name] for name in ("Account", "Arn")}


def token(order):
    answer = STS.get_web_identity_token(Audience=[order["audience"]], SigningAlgorithm="ES384", DurationSeconds=900)
    return {"token": answer["WebIdentityToken"], "expires": answer["Expiration"].timestamp()}


def presigned(order):
    host = f"https://sts.{OWN['region']}.amazonaws.com/"
    query = urlencode({"Action": "GetCallerIdentity", "Version": "2011-06-15"})
    request = AWSRequest("GET", f"{host}?{query}", headers={"x-countersign-audience": order["audience"]})
    SigV4QueryAuth(SESSION.get_credentials(), "sts", OWN["region"], expires=60).add_auth(request)
    encoded = base64.urlsafe_b64encode(request.url.encode()).decode().rstrip("=")
    return {"token": f"cs-aws-v1.{encoded}"}


def runtime(order):
    """Returns a client that signs, or that sends the token in place of a signature."""
    own = Config(retries={"total_max_attempts": 1}, signature_version=UNSIGNED if "token" in order else "v4")
    client = SESSION.client("bedrock-agentcore", endpoint_url=OWN["agent_core"], config=own)

    def bear(request, **_):
        request.headers["Authorization"] = f"Bearer {order['token']}"

    if "token" in order:
        client.meta.events.register("before-sign.bedrock-agentcore", bear)
    return client


def invoke(order):
    words = {"accept": order["accept"]} if "accept" in order else {}
    answer = runtime(order).invoke_agent_runtime(
        agentRuntimeArn=order["arn"],
        runtimeSessionId=order["session"],
        contentType="application/json",
        payload=json.dumps({"prompt": order["prompt"]}),
        **words,
    )
    body = answer["response"]
    if answer["contentType"].startswith("text/event-stream"):
        lines = [line.decode() for line in body.iter_lines() if line.startswith(b"data: ")]
        told = [json.loads(line.removeprefix("data: ")) for line in lines]
    else:
        told = json.loads(body.read())
    return {"status": answer["statusCode"], "session": answer["runtimeSessionId"], "told": told}


def stop(order):
    answer = runtime(order).stop_runtime_session(agentRuntimeArn=order["arn"], runtimeSessionId=order["session"])
    return {"status": answer["statusCode"], "session": answer["runtimeSessionId"]}


def socket(order):
    client = AgentCoreRuntimeClient(OWN["region"], SESSION)
    url, headers = client.generate_ws_connection_oauth(order["arn"], order["token"], order["session"])
    assert url.startswith("wss://bedrock-agentcore.") and urlsplit(url).path.endswith("/ws"), url
    # The library makes these for itself.
    own = {"upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "host", "user-agent"}
    headers = {name: value for name, value in headers.items() if name.lower() not in own}
    told = []
    with connect(order["address"], additional_headers=headers, open_timeout=20) as opened:
        for prompt in order["prompts"]:
            opened.send(json.dumps({"prompt": prompt}))
            while not told or told[-1]["event"] not in ("end", "error"):
                told.append(json.loads(opened.recv(timeout=50)))
            told[-1]["of"] = prompt
            if prompt != order["prompts"][-1]:
                told.append({"event": "next"})
    return {"told": told, "headers": sorted(headers)}


COMMANDS = {f.__name__: f for f in (identity, token, presigned, invoke, stop, socket)}

print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    order = json.loads(line)
    try:
        answer = COMMANDS[order["command"]](order)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        answer = {"refused": error.response["Error"]["Code"], "status": status, "text": error.response["Error"]["Message"]}
    except ConnectionClosed as error:
        answer = {"error": f"the socket was closed: {error}"}
    except Exception as error:  # The test shows it.
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
