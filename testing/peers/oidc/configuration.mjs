// A character as configuration of the library: its own features and hooks, nothing rewritten.
import { errors } from "oidc-provider";
import { loadExistingGrant, logoutSource } from "./interaction.mjs";

export const CLIENT = "countersign";
export const SECRET = "a-secret-of-the-peers-that-is-long-enough";
export const LOGGED_OUT = "/";

/** Builds the configuration. `world` holds the people, the keys, the application's address and what was seen. */
export function configuration(character, world) {
  const { claims, scopes, client_auth: auth, refresh, logout, ciba, api_tokens: resources } = character;
  return {
    adapter: world.adapter,
    jwks: { keys: world.keys },
    clients: [client(character, world)],
    clientAuthMethods: [...(auth.supported ?? [auth.method]), ...(character.registration ? ["none"] : [])],
    claims: {
      openid: ["sub", ...(claims.oid ? ["oid"] : [])],
      email: ["email", "email_verified"],
      profile: ["name", "given_name", "family_name", "preferred_username"],
    },
    conformIdTokenClaims: claims.in === "userinfo",
    scopes: scopes.supported,
    // Called for every request, also without the parameter.
    extraParams: { access_type: (ctx) => seeScopes(ctx, scopes, world) },
    cookies: { keys: ["a key of the peers"] },
    // The library's own way refuses addresses of this machine.
    fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
    findAccount: (_ctx, id) => {
      const person = world.people.find(({ sub }) => sub === id);
      return person && { accountId: id, claims: (use) => person.claims(use) };
    },
    // A vendor's setting: claims about the person in access tokens for APIs.
    ...(character.api_claims && {
      extraTokenClaims: (_ctx, token) => {
        const claims = world.people.find(({ sub }) => sub === token.accountId)?.claims("id_token");
        return claims && Object.fromEntries(character.api_claims.map((name) => [name, claims[name]]));
      },
    }),
    interactions: { url: (_ctx, { uid }) => `${world.mount}/interaction/${uid}` },
    loadExistingGrant,
    ...refreshTokens(refresh.given, world),
    rotateRefreshToken: refresh.rotates,
    ttl: { AccessToken: 3600, BackchannelAuthenticationRequest: cibaLifetime, IdToken: 3600, Interaction: 600, Session: 36000, Grant: 36000, RefreshToken: 36000 },
    renderError: (ctx, out) => {
      ctx.type = "text/plain";
      ctx.body = `${out.error}: ${out.error_description}`;
    },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: logout.rp, logoutSource },
      backchannelLogout: { enabled: logout.backchannel },
      ...(ciba && { ciba: backchannel(ciba, world), richAuthorizationRequests: details(ciba), resourceIndicators: api(ciba) }),
      ...(resources && { resourceIndicators: apis(character.api_scopes ?? "tasks:read") }),
      // RFC 7591: strangers register themselves.
      ...(character.registration && { registration: { enabled: true } }),
    },
  };
}

// In seconds.
function cibaLifetime(ctx) {
  return Math.min(Number(ctx?.oidc?.params.requested_expiry ?? 300), 300);
}

function client({ client_auth: auth, logout, ciba, scopes, refresh }, world) {
  const secret = auth.method === "private_key_jwt" ? { jwks: { keys: [world.clientKey] } } : { client_secret: SECRET };
  // The library refuses a client that could never get what it registers for.
  const refreshes = refresh.given !== "with_consent" || scopes.supported.includes("offline_access");
  const grants = ["authorization_code", ...(refreshes ? ["refresh_token"] : [])];
  return {
    client_id: CLIENT,
    ...secret,
    token_endpoint_auth_method: auth.method,
    redirect_uris: [`${world.app}/auth/callback`],
    post_logout_redirect_uris: [`${world.app}${LOGGED_OUT}`],
    grant_types: ciba ? [...grants, "urn:openid:params:grant-type:ciba"] : grants,
    ...(ciba && { backchannel_token_delivery_mode: "poll" }),
    ...(ciba?.types.length && { authorization_details_types: ciba.types }),
    ...(logout.backchannel && {
      backchannel_logout_uri: `${world.app}/auth/backchannel-logout`,
      backchannel_logout_session_required: logout.session ?? true,
    }),
  };
}

// The library drops a scope that it does not know, and `offline_access` without `prompt=consent`.
function seeScopes(ctx, { supported, unknown, refusal }, world) {
  if (ctx.oidc.route !== "authorization") return;
  const asked = String(ctx.query.scope ?? "").split(" ").filter(Boolean);
  if (asked.includes("offline_access")) world.asked.add(ctx.oidc.params.state);
  const strange = unknown === "refused" && asked.find((scope) => !supported.includes(scope));
  if (!strange) return;
  // Cognito says `error=invalid_request&error_description=invalid_scope`.
  if (refusal === "invalid_request") throw new errors.InvalidRequest("invalid_scope");
  throw new errors.InvalidScope("the requested scope is not supported", strange);
}

// The library's own rule is OpenID Connect Core 11: `offline_access` with `prompt=consent`. Vendors have others.
function refreshTokens(given, world) {
  const of = (code) => code.kind === "AuthorizationCode";
  switch (given) {
    case "always": return { issueRefreshToken: (_ctx, _client, code) => of(code) };
    case "when_asked": return { issueRefreshToken: (_ctx, _client, code) => of(code) && world.offline.has(code.grantId) };
    default: return {};
  }
}

function backchannel({ hint, binding_message: pattern }, world) {
  return {
    enabled: true,
    deliveryModes: ["poll"],
    processLoginHint: (ctx, value) => world.find(hint, value)?.sub,
    processLoginHintToken: () => undefined,
    verifyUserCode: () => {},
    validateRequestContext: () => {},
    validateBindingMessage: (_ctx, message) => {
      if (message === undefined || new RegExp(pattern, "u").test(message)) return;
      throw new errors.InvalidBindingMessage(`the binding message must match ${pattern}`);
    },
    triggerAuthenticationDevice: (_ctx, request, account) => world.ring(request, account),
  };
}

// RFC 8707: tokens for any API that a request names.
const apis = (scope) => ({
  enabled: true,
  defaultResource: () => undefined,
  getResourceServerInfo: (_ctx, audience) => ({
    audience,
    scope,
    accessTokenFormat: "jwt",
    accessTokenTTL: 3600,
    jwt: { sign: { alg: "RS256" } },
  }),
  useGrantedResource: () => false,
});

// The library wants an API that details are about. A vendor's is named by a parameter of its own.
function api({ types }) {
  if (!types.length) return {};
  return {
    enabled: true,
    defaultResource: (ctx) => (ctx.oidc.route === "backchannel_authentication" ? "https://api.acme.example" : undefined),
    getResourceServerInfo: (_ctx, audience) => ({ audience, scope: "", accessTokenFormat: "opaque", accessTokenTTL: 3600 }),
    useGrantedResource: () => true,
  };
}

// RFC 9396: the types that may be asked for, and whether an answer says what was granted. Off, the parameter is ignored.
function details({ echo, types }) {
  if (!types.length) return { enabled: false };
  const granted = (source) => (echo ? source.params && JSON.parse(source.params.authorization_details) : undefined);
  return {
    enabled: true,
    types: Object.fromEntries(types.map((type) => [type, { validate: () => {} }])),
    authorizationDetailsForGrantSource: (_ctx, source) => granted(source),
    authorizationDetailsForAccessToken: (_ctx, _token, source) => source.rar,
    authorizationDetailsForIntrospection: (_ctx, token) => token.rar,
  };
}
