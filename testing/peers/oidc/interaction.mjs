// The provider's pages: a form that asks for the account's name, and the grant of everything that was asked for.

/** Grants what was asked for without a page of its own, as company directories do. */
export async function loadExistingGrant(ctx) {
  const { client, session, provider, params, result } = ctx.oidc;
  const known = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const grant = known
    ? await provider.Grant.find(known)
    : new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  if (!known) grant.addOIDCScope(params.scope ?? "openid");
  // A client that steps up asks for more of an API than before.
  for (const resource of [params.resource ?? []].flat()) {
    grant.addResourceScope(resource, `tasks:read tools ${params.scope ?? ""}`.trim());
  }
  await grant.save();
  return grant;
}

/** Answers `GET` and `POST` of `/interaction/…`. */
export async function interact(provider, people, request, response) {
  const { prompt, params, grantId, session } = await provider.interactionDetails(request, response);
  if (request.method === "GET" && prompt.name === "login") return page(response, form);
  if (prompt.name === "login") {
    const account = new URLSearchParams(await body(request)).get("account");
    const person = people.find((known) => known.account === account);
    if (!person) return page(response, `<p>There is no such account.</p>${form}`);
    return provider.interactionFinished(request, response, { login: { accountId: person.sub } });
  }
  const grant = (grantId && (await provider.Grant.find(grantId)))
    || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope ?? "openid");
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

// An empty action is the page's own address.
const form = '<form method="post"><label>Account <input name="account"></label><button>Sign in</button></form>';

/** The page that asks before a sign-out, with the provider's own form in it. */
export function logoutSource(ctx, own) {
  ctx.body = `${own}<button type="submit" form="op.logoutForm" value="yes" name="logout">Sign out</button>`;
}

function page(response, html) {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(`<!doctype html><title>Peer</title>${html}`);
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
