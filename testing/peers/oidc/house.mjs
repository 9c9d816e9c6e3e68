// The provider of a character, with what outlives a change of its keys.
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";
import { CLIENT, SECRET, configuration } from "./configuration.mjs";
import { interact } from "./interaction.mjs";
import { directory } from "./people.mjs";
import { rewrite } from "./rewrites.mjs";
import { Shelf } from "./shelf.mjs";

export class House {
  constructor(character, { app, origin, clientKey }) {
    const { path } = character.issuer;
    this.character = character;
    this.issuer = `${origin}${path}`;
    const people = directory(character);
    this.world = {
      app,
      clientKey,
      people,
      adapter: Shelf.of(new Map()),
      asked: new Set(),
      echo: character.ciba?.echo ?? false,
      find: (hint, value) => this.#find(hint, value),
      forgotten: new Set(),
      keys: [signingKey(1)],
      mount: path.replace(/\/$/u, ""),
      offline: new Set(),
      ring: (request, { accountId }) => this.#ring(request, accountId),
      ringing: [],
      seen: { authorizations: 0, userinfo: 0, refresh_tokens: 0, refreshes: [], revocations: 0, refused: [] },
      sessions: [],
    };
    this.#open();
  }

  /** Signs with a new key from now on. */
  rotate() {
    this.world.keys = [signingKey(this.world.keys.length + 1), ...this.world.keys];
    this.#open();
    return { keys: this.world.keys.length };
  }

  /** The client's variables. */
  client() {
    // An empty variable counts as absent: a client with a key has no secret.
    const secret = this.character.client_auth.method === "private_key_jwt" ? "" : SECRET;
    return { OIDC_CLIENT_ID: CLIENT, OIDC_CLIENT_SECRET: secret };
  }

  /** Each person's `sub` and claims, by the account's name. */
  names() {
    return Object.fromEntries(this.world.people.map(({ account, claims }) => [account, claims("userinfo")]));
  }

  answer(request, response) {
    const { mount } = this.world;
    if (!request.url.startsWith(`${mount}/`)) {
      response.writeHead(404).end();
      return;
    }
    // As a router that mounts the provider does: the library finds its prefix by comparing the two.
    request.originalUrl = request.url;
    request.url = request.url.slice(mount.length);
    if (!request.url.startsWith("/interaction/")) {
      this.handle(request, response);
      return;
    }
    interact(this.provider, this.world.people, request, response).catch((error) => {
      process.stderr.write(`${error.stack}\n`);
      response.writeHead(400).end(error.message);
    });
  }

  #open() {
    this.provider = new Provider(this.issuer, configuration(this.character, this.world));
    rewrite(this.provider, this.character, this.world);
    this.#watch();
    this.handle = this.provider.callback();
  }

  #watch() {
    const { provider, world } = this;
    const { seen } = world;
    provider.on("authorization.success", (ctx) => {
      seen.authorizations += 1;
      const { client, params, session } = ctx.oidc;
      const person = world.people.find(({ sub }) => sub === session.accountId);
      world.sessions.push({ account: person.account, sub: person.sub, sid: session.sidFor(client.clientId) });
      if (world.asked.has(params.state) || params.access_type === "offline") world.offline.add(session.grantIdFor(client.clientId));
    });
    provider.on("grant.success", (ctx) => {
      if (ctx.oidc.params.grant_type === "refresh_token") seen.refreshes.push(ctx.oidc.params.resource ?? "");
      seen.refresh_tokens += ctx.body.refresh_token ? 1 : 0;
    });
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.path === "/me" && ctx.status === 200) seen.userinfo += 1;
      if (ctx.path === "/token/revocation" && ctx.status === 200) seen.revocations += 1;
      if (ctx.status >= 400 && ctx.body?.error) {
        seen.refused.push(`${ctx.path}: ${ctx.body.error}: ${ctx.body.error_description}`);
      }
    });
    for (const event of ["authorization.error", "server_error"]) {
      provider.on(event, (_ctx, error) => seen.refused.push(`${event}: ${error.error}: ${error.error_description ?? error.message}`));
    }
  }

  // `hint` is the dialect: a person's user name, their address, or Auth0's object of issuer and subject.
  #find(hint, value) {
    const { people, forgotten } = this.world;
    const known = people.filter(({ account }) => !forgotten.has(account));
    if (hint !== "iss_sub") return known.find((person) => person[hint] === value || person.claims("userinfo")[hint] === value);
    try {
      const { format, iss, sub } = JSON.parse(value);
      return known.find((person) => format === "iss_sub" && iss === this.issuer && person.sub === sub);
    } catch {
      return undefined;
    }
  }

  #ring(request, accountId) {
    const { account } = this.world.people.find(({ sub }) => sub === accountId);
    this.world.ringing.push({ account, request });
  }
}

function signingKey(number) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: `peer-${number}`, alg: "RS256", use: "sig" };
}
