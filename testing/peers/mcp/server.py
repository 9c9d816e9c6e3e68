"""An MCP server made with the official Python SDK: FastMCP of `mcp` 1.x, MCPServer of `mcp` 2.x.

Words: `sessions` or `stateless`, then `sse` or `json`. Prints one line of JSON with its address once it listens on a loopback
port that the system chose, and ends when its standard input does. Takes one bearer token, the one in the variable PEER_TOKEN.
"""

import asyncio
import json
import os
import socket
import sys
import threading
from importlib.metadata import version

import uvicorn
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from pydantic import BaseModel

FIRST = version("mcp").startswith("1.")
if FIRST:
    from mcp.server.fastmcp import Context, FastMCP
    from mcp.server.fastmcp.exceptions import ToolError
    from mcp.types import ListToolsRequest, ListToolsResult
else:
    from mcp.server.mcpserver import Context
    from mcp.server.mcpserver import MCPServer as FastMCP
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp_types import ListToolsResult

SESSIONS, FORM = sys.argv[1], sys.argv[2]
PAGE = 2
LOG = []


class Sum(BaseModel):
    sum: int


class Lines(BaseModel):
    lines: list[str]


class Verifier:
    async def verify_token(self, token):
        if token != os.environ["PEER_TOKEN"]:
            return None
        return AccessToken(token=token, client_id="countersign", scopes=["tools"], resource=url)


async def add(a: int, b: int = 0) -> Sum:
    """Add two numbers."""
    return Sum(sum=a + b)


async def fail() -> str:
    """Fail."""
    raise ToolError("the printer is on fire")


async def slow(steps: int, ctx: Context) -> str:
    """Take some time, and report progress."""
    LOG.append("begun")
    try:
        for step in range(steps):
            await ctx.report_progress(step, steps)
            await asyncio.sleep(0.05)
    except asyncio.CancelledError:
        LOG.append("cancelled")
        raise
    LOG.append("done")
    return "done"


async def log() -> Lines:
    """The calls of `slow` so far."""
    return Lines(lines=LOG)


async def parted() -> str:
    """Answer after the stream was closed, where it can be resumed. The SDK brings no store of events that it needs for that."""
    return "never closed"


async def page(server, cursor):
    tools = await server.list_tools()
    start = int(cursor or 0)
    end = start + PAGE
    return ListToolsResult(tools=tools[start:end], **{CURSOR: str(end) if end < len(tools) else None})


CURSOR = "nextCursor" if FIRST else "next_cursor"


class Paged(FastMCP):
    """The handler of MCPServer; FastMCP has another one."""

    async def _handle_list_tools(self, _context, params):
        return await page(self, params.cursor if params else None)


def application():
    auth = AuthSettings(
        issuer_url="https://issuer.example",
        resource_server_url=url,
        required_scopes=["tools"],
        validate_token_resource=True,
    )
    how = {"json_response": FORM == "json", "stateless_http": SESSIONS == "stateless"}
    server = Paged("peer", auth=auth, token_verifier=Verifier(), log_level="ERROR", **(how if FIRST else {}))
    for tool in (add, fail, slow, log, parted):
        server.add_tool(tool)
    if not FIRST:
        return server.streamable_http_app(**how)

    @server._mcp_server.list_tools()
    async def listed(request: ListToolsRequest) -> ListToolsResult:
        # The SDK itself asks without a request, when it looks for a tool's schema.
        return await page(server, request.params.cursor if request and request.params else None)

    return server.streamable_http_app()


def end_with_input():
    sys.stdin.buffer.read()
    os._exit(0)


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
url = f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
threading.Thread(target=end_with_input, daemon=True).start()
app = application()
listener.listen()
print(json.dumps({"ready": True, "url": url}), flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
