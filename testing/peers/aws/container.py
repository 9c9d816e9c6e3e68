"""A container made with the AgentCore SDK, by which the sandbox's stand-in of the runtime is judged.

Prints one line of JSON when it is about to serve: its address. It answers with its prompt and the headers that reached it.
"""

import json
import socket
import sys
import threading

from bedrock_agentcore.runtime import BedrockAgentCoreApp

app = BedrockAgentCoreApp()


@app.entrypoint
def answer(payload, context):
    if payload.get("prompt") == "fail":
        raise ValueError("as asked")
    return {"prompt": payload.get("prompt"), "session": context.session_id, "headers": context.request_headers}


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]


def end():
    sys.stdin.read()
    import os

    os._exit(0)


threading.Thread(target=end, daemon=True).start()
threading.Thread(target=app.run, kwargs={"port": port, "host": "127.0.0.1"}, daemon=True).start()
while True:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        break
    except OSError:
        pass
print(json.dumps({"ready": True, "url": f"http://127.0.0.1:{port}"}), flush=True)
threading.Event().wait()
