// openid-client, a certified relying party, against the sandbox: discovery, code flow with PKCE, tokens, refresh, logout.
import assert from "node:assert/strict";
import * as oidc from "openid-client";
import { Browser } from "./browser.mjs";
import { env } from "./env.mjs";

const config = await oidc.discovery(new URL(env.OIDC_ISSUER), env.OIDC_CLIENT_ID, env.OIDC_CLIENT_SECRET, undefined, {
  // Loopback has no TLS. The library verifies the ID token's signature only when asked to.
  execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
});
const metadata = config.serverMetadata();
assert.equal(metadata.issuer, env.OIDC_ISSUER);
assert(metadata.supportsPKCE());

const redirect_uri = `${env.COUNTERSIGN_URL}/auth/callback`;
const browser = new Browser();

async function signIn(sub) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: "openid profile email offline_access",
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  const back = (url) => url.startsWith(redirect_uri);
  const chooser = await browser.visit(url.href);
  const callback = await browser.press(chooser, "sub", sub, back);
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  return { callback: callback.url, checks };
}

const { callback, checks } = await signIn("auth0|ada");
await assert.rejects(oidc.authorizationCodeGrant(config, callback, { ...checks, expectedState: "another" }), {
  code: "OAUTH_INVALID_RESPONSE",
});
const tokens = await oidc.authorizationCodeGrant(config, callback, checks);
const claims = tokens.claims();
assert.equal(claims.sub, "auth0|ada");
assert.equal(claims.email, "ada@acme.example");
assert.equal(claims.email_verified, true);
assert.equal(claims.aud, env.OIDC_CLIENT_ID);

const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
assert.equal(info.name, "Ada Byron");

const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
assert.notEqual(refreshed.access_token, tokens.access_token);
assert.notEqual(refreshed.refresh_token, tokens.refresh_token, "refresh tokens rotate");
assert.equal(refreshed.claims().sub, claims.sub);

const state = oidc.randomState();
const post_logout_redirect_uri = `${env.COUNTERSIGN_URL}/`;
const end = oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri, state });
const home = await browser.visit(end.href, {}, (url) => url.startsWith(post_logout_redirect_uri));
assert.equal(home.url.searchParams.get("state"), state);
const again = await signIn("auth0|eve");
const eve = await oidc.authorizationCodeGrant(config, again.callback, again.checks);
assert.equal(eve.claims().sub, "auth0|eve", "after the logout the provider asks anew who it is");
