"""Auth0's own SDKs for Python against the sandbox: sign-in, connected accounts, the vault's exchange, CIBA.

auth0-server-python has `ServerClient` and `MyAccountClient`, auth0-python `GetToken` and `BackChannelLogin`. The first
word is the file of variables. It prints what was called and what came of it.
"""

import asyncio
import json
import shlex
import sys
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
from auth0.authentication.back_channel_login import BackChannelLogin
from auth0.authentication.get_token import GetToken
from auth0.authentication.exceptions import Auth0Error
from auth0_server_python.auth_server import MyAccountClient, ServerClient
from auth0_server_python.auth_types import CompleteConnectAccountRequest, ConnectAccountRequest
from auth0_server_python.error import AccessTokenForConnectionError, MyAccountApiError
from auth0_server_python.store import StateStore
from auth0_server_python.utils import PKCE

import tls
from person import Person

with open(sys.argv[1], encoding="utf-8") as file:
    ENV = dict(shlex.split(line)[0].split("=", 1) for line in file if line.strip())

ISSUER, SUB, ACCOUNT = ENV["OIDC_ISSUER"], "auth0|bob", "bobcrane"
CREDENTIALS = {"client_id": ENV["OIDC_CLIENT_ID"], "client_secret": ENV["OIDC_CLIENT_SECRET"]}
MY_ACCOUNT = ISSUER + "me/"
CALLBACK = ENV["COUNTERSIGN_URL"] + "/auth/callback"
CONNECTED = ENV["COUNTERSIGN_URL"] + "/auth/connect/callback"
CONNECTION, SCOPES = ENV["GITHUB_CONNECTION"], ["repo", "read:user"]
REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token"
LENT_TOKEN = "http://auth0.com/oauth/token-type/federated-connection-access-token"
DETAILS = [
    {
        "type": "urn:auth0:schemas:authorization-details:v1:countersign-call",
        "instruction": "Suspend somebody in Okta",
        "properties": {"user": {"display": "User", "display_order": 1, "value": "grace@acme.example"}},
    }
]


class Memory(StateStore):
    """Where the SDK keeps sessions and transactions."""

    def __init__(self):
        super().__init__({})
        self.kept = {}

    async def set(self, identifier, state, remove_if_expires=False, options=None):
        self.kept[identifier] = state

    async def get(self, identifier, options=None):
        return self.kept.get(identifier)

    async def delete(self, identifier, options=None):
        self.kept.pop(identifier, None)


async def main():
    person = Person(ISSUER, SUB)
    async with tls.in_front_of(urlsplit(ISSUER).port) as domain:
        stores = {"state_store": Memory(), "transaction_store": Memory()}
        common = {**CREDENTIALS, **stores, "redirect_uri": CALLBACK, "secret": PKCE.generate_random_string()}
        wish = {"scope": "openid profile email offline_access"}
        refresh_token = await sign_in(ServerClient(domain, **common, authorization_params=wish), person)
        client = ServerClient(domain, **common)
        accounts = Accounts(client, domain, refresh_token)
        await without_right(accounts)
        try:
            account = await connected(accounts, person)
            assert [own.id for own in await accounts.listed()] == [account.id]
            said("MyAccountClient.list_connected_accounts", "that account alone")
            await borrowed(accounts)
        finally:
            await ended(accounts)
        await approved(client, person)
    # Another person: pushes are limited for each.
    denied(Person(ISSUER, "auth0|grace"))


async def sign_in(client, person):
    """The person's refresh token."""
    back = person.signs_in(await client.start_interactive_login())
    state = (await client.complete_interactive_login(back))["state_data"]
    assert state["user"]["sub"] == person.sub, state["user"]
    said("ServerClient.start_interactive_login, .complete_interactive_login", f"the ID token is {person.sub}'s")
    return state["refresh_token"]


class Accounts:
    """Somebody's connected accounts. Each call has a token for its own scope alone, by the one refresh token."""

    def __init__(self, client, domain, refresh_token):
        self.client, self.api, self.refresh_token = client, MyAccountClient(domain), refresh_token

    async def token(self, act):
        return await self.client.get_access_token(audience=MY_ACCOUNT, scope=f"{act}:me:connected_accounts")

    async def listed(self):
        return (await self.api.list_connected_accounts(await self.token("read"), connection=CONNECTION)).accounts

    async def lent(self, connection):
        wish = {"connection": connection, "refresh_token": self.refresh_token}
        return await self.client.get_token_for_connection(wish)


async def without_right(accounts):
    """Nothing for tokens of another API or without the scope, and nothing from the vault before an account is there."""
    elsewhere = await accounts.client.get_access_token(
        audience="https://no.such.api/", scope="read:me:connected_accounts"
    )
    refused = await failure(MyAccountApiError, accounts.api.list_connected_accounts(elsewhere))
    assert refused.status == 401, refused
    reading = await accounts.token("read")
    refused = await failure(MyAccountApiError, accounts.api.delete_connected_account(reading, "cac_none"))
    assert (refused.status, refused.title) == (403, "Insufficient scope"), refused
    said("ServerClient.get_access_token", "401 with a token for another API, 403 without the scope")

    offered = [own.name for own in (await accounts.api.list_connected_account_connections(reading)).connections]
    assert {ENV["OKTA_CONNECTION"], CONNECTION} <= set(offered), offered
    said("MyAccountClient.list_connected_account_connections", ", ".join(offered))

    assert await accounts.listed() == [], "somebody has connected it before"
    for connection in (CONNECTION, "no-such-connection"):
        refused = await failure(AccessTokenForConnectionError, accounts.lent(connection))
        assert "Refresh Token not found" in str(refused), refused
    said("ServerClient.get_token_for_connection", f"refused while nothing is connected: {refused}")


async def connected(accounts, person):
    verifier, state = PKCE.generate_code_verifier(), PKCE.generate_random_string()
    wish = {"connection": CONNECTION, "scopes": SCOPES, "redirect_uri": CONNECTED, "state": state}
    challenge = PKCE.generate_code_challenge(verifier)
    start = ConnectAccountRequest(**wish, code_challenge=challenge)
    begun = await accounts.api.connect_account(await accounts.token("create"), start)
    back = person.allows(begun.connect_uri + "?" + urlencode({"ticket": begun.connect_params.ticket}), ACCOUNT)
    query = parse_qs(urlsplit(back).query)
    assert back.startswith(CONNECTED + "?") and query["state"] == [state], back

    proof = {"connect_code": query["connect_code"][0], "redirect_uri": CONNECTED, "code_verifier": verifier}
    end = CompleteConnectAccountRequest(auth_session=begun.auth_session, **proof)
    account = await accounts.api.complete_connect_account(await accounts.token("create"), end)
    assert (account.connection, sorted(account.scopes)) == (CONNECTION, sorted(SCOPES)), account
    again = accounts.api.complete_connect_account(await accounts.token("create"), end)
    assert (await failure(MyAccountApiError, again)).status == 409
    what = f"{account.connection}, {account.access_type}, {account.scopes}; a second time is a conflict"
    said("MyAccountClient.connect_account, .complete_connect_account", what)
    return account


async def borrowed(accounts):
    lent = await accounts.lent(CONNECTION)
    assert whose(lent["access_token"]) == ACCOUNT and lent["expires_at"] > time.time(), lent
    what = f"a token that GitHub takes for {ACCOUNT}'s, scope {lent['scope']}"
    said("ServerClient.get_token_for_connection", what)

    # This SDK sends JSON where the other sends forms.
    lent = plain(GetToken).access_token_for_connection(REFRESH_TOKEN, accounts.refresh_token, LENT_TOKEN, CONNECTION)
    assert whose(lent["access_token"]) == ACCOUNT and lent["issued_token_type"] == LENT_TOKEN, lent
    said("GetToken.access_token_for_connection", f"a token that GitHub takes for {ACCOUNT}'s")


async def ended(accounts):
    """Whatever was connected, even when a check before has failed."""
    for account in await accounts.listed():
        await accounts.api.delete_connected_account(await accounts.token("delete"), account.id)
    assert await accounts.listed() == []
    refused = await failure(AccessTokenForConnectionError, accounts.lent(CONNECTION))
    said("MyAccountClient.delete_connected_account", f"nothing listed, nothing lent: {refused}")


async def approved(client, person):
    """The SDK's own loop polls until the person has said yes."""
    code = f"Suspend. Code {PKCE.generate_random_string(6)}"
    wish = {**wanted(), "authorization_details": json.dumps(DETAILS)}
    asked = {"login_hint": {"sub": person.sub}, "binding_message": code, "authorization_params": wish}
    yes = asyncio.to_thread(person.answers, code, ["Suspend somebody in Okta", "grace@acme.example"], "approve")
    granted, _ = await asyncio.gather(client.backchannel_authentication(asked), yes)
    assert granted["authorization_details"] == DETAILS, granted
    assert claims(granted["id_token"], ENV["OIDC_CLIENT_ID"])["sub"] == person.sub
    allowed = claims(granted["access_token"], ENV["OKTA_AUDIENCE"])
    assert (allowed["sub"], allowed["scope"]) == (person.sub, "openid okta.users.manage"), allowed
    said("ServerClient.backchannel_authentication", f"yes to {code!r}: {allowed['scope']} at {allowed['aud']}")


def denied(person):
    code = f"Suspend. Code {PKCE.generate_random_string(6)}"
    hint = json.dumps({"format": "iss_sub", "iss": ISSUER, "sub": person.sub})
    wish = wanted()
    scope, expiry = wish.pop("scope"), wish.pop("requested_expiry")
    begun = plain(BackChannelLogin).back_channel_login(code, hint, scope, DETAILS, expiry, **wish)
    assert begun["expires_in"] == expiry, begun

    def poll():
        time.sleep(begun["interval"])
        try:
            return plain(GetToken).backchannel_login(begun["auth_req_id"])
        except Auth0Error as error:
            return error.error_code

    assert (state := poll()) == "authorization_pending", state
    person.answers(code, ["Suspend somebody in Okta"], "deny")
    assert (state := poll()) == "access_denied", state
    said("BackChannelLogin.back_channel_login, GetToken.backchannel_login", "pending, then no: access_denied")


def plain(part):
    """This SDK can do without TLS."""
    return part(urlsplit(ISSUER).netloc, **CREDENTIALS, protocol="http")


def wanted():
    return {"scope": "openid okta.users.manage", "audience": ENV["OKTA_AUDIENCE"], "requested_expiry": 60}


def whose(token):
    """The login of the account at GitHub that a token is good for."""
    headers = {"authorization": f"Bearer {token}", "user-agent": "auth0-sdk"}
    answer = httpx.get(ENV["GITHUB_API_URL"] + "/user", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["login"]


def claims(token, audience):
    key = jwt.PyJWKClient(ISSUER + ".well-known/jwks.json").get_signing_key_from_jwt(token)
    return jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=ISSUER)


async def failure(kind, act):
    """The error of this kind that `act` ends with."""
    try:
        await act
    except kind as error:
        return error
    raise AssertionError("it did not fail")


def said(called, outcome):
    print(f"{called}: {outcome}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
