"""The Python SDK of MCP against the sandbox's server of tasks, in both revisions. The first word is the file of variables."""

import asyncio
import base64
import hashlib
import json
import secrets
import shlex
import sys
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

with open(sys.argv[1], encoding="utf-8") as file:
    ENV = dict(shlex.split(line)[0].split("=", 1) for line in file if line.strip())

ISSUER = ENV["OIDC_ISSUER"]


async def token(http, sub, audience):
    """An access token for `audience` of somebody who signs in, by their refresh token."""
    verifier, callback = secrets.token_urlsafe(48), ENV["COUNTERSIGN_URL"] + "/auth/callback"
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": ENV["OIDC_CLIENT_ID"],
        "redirect_uri": callback,
        "scope": "openid offline_access",
        "state": secrets.token_urlsafe(),
        "nonce": secrets.token_urlsafe(),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    page = await http.get(ISSUER + "authorize", params=query)
    form = {"state": sent(page, "state"), "sub": sub}
    back = await http.post(ISSUER + "u/login", data=form)
    grant = {"grant_type": "authorization_code", "code": sent(back, "code"), "redirect_uri": callback}
    refresh = (await grants(http, {**grant, "code_verifier": verifier}))["refresh_token"]
    wish = {"grant_type": "refresh_token", "refresh_token": refresh, "audience": audience}
    return (await grants(http, wish))["access_token"]


async def grants(http, form):
    client = {"client_id": ENV["OIDC_CLIENT_ID"], "client_secret": ENV["OIDC_CLIENT_SECRET"]}
    answer = await http.post(ISSUER + "oauth/token", data={**client, **form})
    assert answer.status_code == 200, answer.text
    return answer.json()


def sent(answer, name):
    """A parameter of the address that the browser is sent to."""
    return parse_qs(urlsplit(answer.headers["location"]).query)[name][0]


async def tasks(sub, mode):
    """The ids of somebody's open tasks, the names of their tools, and the revision that was spoken."""
    async with httpx2.AsyncClient(timeout=10) as http:
        bearer = await token(http, sub, ENV["MCP_TASKS_AUDIENCE"])
    async with httpx2.AsyncClient(timeout=10, headers={"authorization": f"Bearer {bearer}"}) as http:
        async with Client(streamable_http_client(ENV["MCP_TASKS_URL"], http_client=http), mode=mode) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            result = await client.call_tool("tasks___get_tasks", {"status": "open"})
            assert not result.is_error, result
            text = json.loads(result.content[0].text)
            assert text == result.structured_content, result
            wrong = await client.call_tool("tasks___get_tasks", {"status": "late"})
            assert wrong.is_error, wrong
            return [task["id"] for task in text["tasks"]], tools, client.protocol_version


async def refused():
    """Without a token the server says where tokens come from, and that document is about this server."""
    async with httpx2.AsyncClient(timeout=10) as http:
        answer = await http.post(ENV["MCP_TASKS_URL"], json={})
        assert answer.status_code == 401, answer
        where = answer.headers["www-authenticate"].split('resource_metadata="')[1].split('"')[0]
        document = (await http.get(where)).json()
        assert document["resource"] == ENV["MCP_TASKS_AUDIENCE"], document
        assert document["authorization_servers"] == [ISSUER], document


async def main():
    await refused()
    for mode, revision in [("auto", "2026-07-28"), ("legacy", "2025-11-25")]:
        for sub, first in [("auth0|ada", "T-101"), ("auth0|bob", "T-201")]:
            ids, tools, spoken = await tasks(sub, mode)
            assert ids[0] == first and "tasks___get_tasks" in tools and spoken == revision, (ids, tools, spoken)


if __name__ == "__main__":
    asyncio.run(main())
