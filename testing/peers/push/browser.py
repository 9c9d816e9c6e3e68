"""A browser's side of Web Push by http-ece and py-vapid, which are not ours.

Prints its keys as one line of JSON, then answers commands, one JSON object a line, until standard input closes.
"""

import base64
import json
import os
import sys

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


key = ec.generate_private_key(ec.SECP256R1())
auth = os.urandom(16)


def decrypt(line):
    text = http_ece.decrypt(decode(line["body"]), private_key=key, auth_secret=auth, version="aes128gcm")
    return {"text": text.decode()}


def verify(line):
    token = line["authorization"].removeprefix("vapid t=").split(",")[0]
    if not Vapid02.verify(line["authorization"]):
        raise ValueError("the signature is invalid")
    return json.loads(decode(token.split(".")[1]))


commands = {"decrypt": decrypt, "verify": verify}
public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
print(json.dumps({"ready": True, "p256dh": encode(public), "auth": encode(auth)}), flush=True)
for text in sys.stdin:
    line = json.loads(text)
    try:
        answer = commands[line["command"]](line)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
