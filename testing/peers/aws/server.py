"""DynamoDB and Secrets Manager by moto, which is not ours.

Prints one line of JSON when it is ready: its address. Ends when standard input closes, so that no test leaves it behind.
"""

import json
import sys

from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(json.dumps({"ready": True, "url": f"http://{host}:{port}"}), flush=True)
sys.stdin.read()
server.stop()
