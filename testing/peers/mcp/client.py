"""An MCP client made with the official Python SDK, which never heard of us: it is given the address of a server, and signs the
person in by the server's metadata document.

Words: the address of the server, and that to which the sign-in leads back. With the variable `OPENS_PAGES` it says that it opens
pages (2.x alone). Commands are those of `typescript/client.mjs`; `call` also returns the pages that were `opened`.
"""

import asyncio
import json
import os
import sys
from importlib.metadata import version
from urllib.parse import parse_qs, urlsplit

from mcp import ClientSession
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

FIRST = version("mcp").startswith("1.")
if FIRST:
    import httpx as http
else:
    import httpx2 as http
    from mcp import Client
    from mcp.client.auth import AuthorizationCodeResult
    from mcp_types import ElicitResult

URL, REDIRECT = sys.argv[1:3]
OPENS_PAGES = "OPENS_PAGES" in os.environ

opened = []


class Memory:
    """Keeps tokens and the registration."""

    tokens = client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


async def lines():
    """Yields the commands; reading does not stop the connection."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        yield json.loads(line)


async def open_page(_context, params):
    opened.append(params.url)
    return ElicitResult(action="accept")


def answer(value):
    print(json.dumps(value), flush=True)


async def main():
    page, callback = asyncio.Queue(), asyncio.Queue()
    orders = lines()

    async def redirect(url):
        await page.put(url)

    async def returned():
        query = parse_qs(urlsplit(await callback.get()).query)
        code, state, issuer = (query.get(name, [None])[0] for name in ("code", "state", "iss"))
        return (code, state) if FIRST else AuthorizationCodeResult(code=code, state=state, iss=issuer)

    metadata = OAuthClientMetadata(
        client_name="A client that never heard of Countersign",
        redirect_uris=[REDIRECT],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        token_endpoint_auth_method="none",
    )
    auth = OAuthClientProvider(URL, metadata, Memory(), redirect, returned)
    connected = asyncio.Queue()

    async def use(session, revision, server):
        await connected.put({"server": server, "revision": revision})
        async for order in orders:
            try:
                work, asked = asyncio.create_task(obey(session, order)), asyncio.create_task(page.get())
                await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
                if asked.done():
                    # The call needs more scopes, and goes on once the person has granted them.
                    answer({"page": asked.result()})
                    await callback.put((await anext(orders))["callback"])
                asked.cancel()
                answer(await work)
            except Exception as error:  # Every failure is told to the test.
                answer({"error": repr(error)})

    async def connect():
        try:
            async with http.AsyncClient(auth=auth, timeout=60, follow_redirects=True) as client:
                transport = streamable_http_client(URL, http_client=client)
                if FIRST:
                    async with transport as (read, write, _), ClientSession(read, write) as session:
                        started = await session.initialize()
                        await use(session, started.protocolVersion, started.serverInfo.name)
                else:
                    opens = open_page if OPENS_PAGES else None
                    async with Client(transport, elicitation_callback=opens) as session:
                        await use(session, session.protocol_version, session.server_info.name)
        except Exception as error:  # Every failure is told to the test.
            await connected.put({"error": repr(error)})

    answer({"ready": True})
    await anext(orders)
    connection = asyncio.create_task(connect())
    signing_in = asyncio.create_task(page.get())
    ready = asyncio.create_task(connected.get())
    done, _ = await asyncio.wait({signing_in, ready}, return_when=asyncio.FIRST_COMPLETED)
    if signing_in in done:
        answer({"page": signing_in.result()})
        await callback.put((await anext(orders))["callback"])
    answer(await ready)
    await connection


async def obey(session, order):
    if order["command"] == "tools":
        return {"tools": [tool.name for tool in (await session.list_tools()).tools]}
    told = []

    async def progress(_progress, _total, message):
        told.append(message)

    result = await session.call_tool(order["tool"], order["arguments"], progress_callback=progress)
    wrong, structured = (
        (result.isError, result.structuredContent) if FIRST else (result.is_error, result.structured_content)
    )
    text = result.content[0].text if result.content else None
    return {"is_error": bool(wrong), "text": text, "structured": structured, "progress": told, "opened": opened}


asyncio.run(main())
