// Answers that the library would give otherwise. Each is our belief about a vendor, not the library's reading of a
// standard, so a character that uses one names it in `rewritten`.

/** Changes the provider as a character's `rewritten` says. */
export function rewrite(provider, character, world) {
  for (const [name, value] of Object.entries(character.rewritten ?? {})) REWRITES[name](provider, value, world);
}

// The library finds the prefix that it is mounted at by comparing the two addresses, so both change.
function ask(ctx, { mount }, query) {
  ctx.query = query;
  ctx.req.originalUrl = `${mount}${ctx.req.url}`;
}

const REWRITES = {
  // ID tokens for several audiences, with `azp` (OpenID Connect Core 2): `["another-client"]`. A hint of that kind is
  // refused by the library's sign-out page, which then goes by the client's id.
  audiences(provider, others, world) {
    const { issue } = provider.IdToken.prototype;
    provider.IdToken.prototype.issue = function several(options) {
      if (options.use !== "idtoken") return issue.call(this, options);
      const { client } = this;
      this.set("azp", client.clientId);
      this.client = Object.create(client, { clientId: { value: [client.clientId, ...others] } });
      return issue.call(this, options);
    };
    provider.use((ctx, next) => {
      if (ctx.path === "/session/end" && ctx.query.id_token_hint) {
        const { id_token_hint: _, ...rest } = ctx.query;
        ask(ctx, world, { client_id: "countersign", ...rest });
      }
      return next();
    });
  },

  // No `iss` in authorization responses (RFC 9207), as at most vendors.
  no_iss(provider) {
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.body && typeof ctx.body === "object") delete ctx.body.authorization_response_iss_parameter_supported;
      const location = ctx.response.get("location");
      if (!location?.includes("iss=")) return;
      const url = new URL(location);
      url.searchParams.delete("iss");
      ctx.set("location", url.href);
    });
  },

  // Cognito's sign-out: `client_id` and `logout_uri`, which must be registered; what the standard names is not read.
  logout_uri(provider, _, world) {
    provider.use(async (ctx, next) => {
      if (ctx.path !== "/session/end") return next();
      const { client_id: client, logout_uri: uri } = ctx.query;
      if (!client || !uri || uri !== `${world.app}/`) {
        ctx.status = 400;
        ctx.body = "Required String parameter 'logout_uri' is not present or not registered";
        return undefined;
      }
      ask(ctx, world, { client_id: client, post_logout_redirect_uri: uri });
      return next();
    });
  },
};
