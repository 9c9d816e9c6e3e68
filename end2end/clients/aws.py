"""boto3 against the sandbox: Bedrock's ConverseStream, DynamoDB, Secrets Manager. The first word is the file of variables."""

import json
import shlex
import sys

import boto3
from boto3.dynamodb.conditions import Key
from botocore.config import Config
from botocore.exceptions import ClientError

with open(sys.argv[1], encoding="utf-8") as file:
    ENV = dict(shlex.split(line)[0].split("=", 1) for line in file if line.strip())

SESSION = boto3.session.Session(
    aws_access_key_id=ENV["AWS_ACCESS_KEY_ID"],
    aws_secret_access_key=ENV["AWS_SECRET_ACCESS_KEY"],
    region_name=ENV["AWS_REGION"],
)
CONFIG = Config(retries={"total_max_attempts": 1}, read_timeout=10)
TOOL = {
    "name": "okta_groups",
    "description": "List the Okta groups that a user belongs to.",
    "inputSchema": {"json": {"type": "object", "properties": {"user": {"type": "string"}}, "required": []}},
}


def bedrock():
    client = SESSION.client("bedrock-runtime", endpoint_url=ENV["BEDROCK_ENDPOINT_URL"], config=CONFIG)
    messages = [{"role": "user", "content": [{"text": "What are my Okta groups?"}]}]
    stop, content, usage = converse(client, messages)
    calls = [block["toolUse"] for block in content if "toolUse" in block]
    assert stop == "tool_use" and [call["name"] for call in calls] == ["okta_groups"], (stop, content)
    assert usage["totalTokens"] == usage["inputTokens"] + usage["outputTokens"], usage

    result = {"toolUseId": calls[0]["toolUseId"], "content": [{"json": {"groups": ["Everyone", "Finance"]}}]}
    messages += [{"role": "assistant", "content": content}, {"role": "user", "content": [{"toolResult": result}]}]
    stop, content, _ = converse(client, messages)
    text = "".join(block["text"] for block in content)
    assert stop == "end_turn" and "Finance" in text, (stop, text)

    error = failure(lambda: client.converse_stream(modelId="no.such-model-v1:0", messages=messages[:1]))
    assert error == "ValidationException", error


def converse(client, messages):
    """Stop reason, content and usage of an answer that is put together from its stream."""
    answer = client.converse_stream(
        modelId=ENV["BEDROCK_MODEL_ID"],
        messages=messages,
        system=[{"text": "Help with IT."}],
        toolConfig={"tools": [{"toolSpec": TOOL}]},
        inferenceConfig={"maxTokens": 500, "temperature": 0},
    )
    blocks, stop, usage = {}, None, None
    for event in answer["stream"]:
        if "contentBlockStart" in event:
            start = event["contentBlockStart"]
            blocks[start["contentBlockIndex"]] = {"toolUse": {**start["start"]["toolUse"], "input": ""}}
        elif "contentBlockDelta" in event:
            delta = event["contentBlockDelta"]
            take(blocks.setdefault(delta["contentBlockIndex"], {"text": ""}), delta["delta"])
        elif "messageStop" in event:
            stop = event["messageStop"]["stopReason"]
        elif "metadata" in event:
            usage = event["metadata"]["usage"]
    for block in blocks.values():
        if "toolUse" in block:
            block["toolUse"]["input"] = json.loads(block["toolUse"]["input"] or "{}")
    return stop, [blocks[index] for index in sorted(blocks)], usage


def take(block, delta):
    if "text" in delta:
        block["text"] += delta["text"]
    else:
        block["toolUse"]["input"] += delta["toolUse"]["input"]


def dynamodb():
    resource = SESSION.resource("dynamodb", endpoint_url=ENV["DYNAMODB_ENDPOINT_URL"], config=CONFIG)
    table = resource.Table("countersign")
    keys = [{"pk": "client#boto3", "sk": f"item#{number}"} for number in range(3)]
    for number, key in enumerate(keys):
        table.put_item(Item={**key, "number": number, "text": "naïve 🚲"})
    try:
        item = table.get_item(Key=keys[1], ConsistentRead=True)["Item"]
        assert item == {**keys[1], "number": 1, "text": "naïve 🚲"}, item
        found = table.query(
            KeyConditionExpression=Key("pk").eq("client#boto3") & Key("sk").gt("item#0"), ScanIndexForward=False
        )
        assert [item["number"] for item in found["Items"]] == [2, 1], found
        again = lambda: table.put_item(Item=keys[0], ConditionExpression="attribute_not_exists(pk)")
        assert failure(again) == "ConditionalCheckFailedException"
    finally:
        for key in keys:
            table.delete_item(Key=key)
    assert "Item" not in table.get_item(Key=keys[1], ConsistentRead=True)


def secrets():
    client = SESSION.client("secretsmanager", endpoint_url=ENV["SECRETS_MANAGER_ENDPOINT_URL"], config=CONFIG)
    secret = client.get_secret_value(SecretId=ENV["SESSION_KEY_SECRET_ID"])
    keys = json.loads(secret["SecretString"])
    assert keys["current"] in keys["keys"] and "AWSCURRENT" in secret["VersionStages"], list(keys)
    missing = failure(lambda: client.get_secret_value(SecretId="no/such"))
    assert missing == "ResourceNotFoundException", missing


def failure(act):
    """The code of the error that `act` ends with."""
    try:
        act()
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError("it did not fail")


if __name__ == "__main__":
    for check in (bedrock, dynamodb, secrets):
        check()
