// OpenFGA's own JavaScript SDK against the sandbox: check and write, with a token by client credentials.
import assert from "node:assert/strict";
import { ConsistencyPreference, CredentialsMethod, OpenFgaClient } from "@openfga/sdk";
import { env } from "./env.mjs";

const fga = new OpenFgaClient({
  apiUrl: env.FGA_API_URL,
  storeId: env.FGA_STORE_ID,
  authorizationModelId: env.FGA_MODEL_ID,
  retryParams: { maxRetry: 0 },
  credentials: {
    method: CredentialsMethod.ClientCredentials,
    config: {
      apiTokenIssuer: env.FGA_API_TOKEN_ISSUER,
      apiAudience: env.FGA_API_AUDIENCE,
      clientId: env.FGA_CLIENT_ID,
      clientSecret: env.FGA_CLIENT_SECRET,
    },
  },
});
const fresh = { consistency: ConsistencyPreference.HigherConsistency };
const may = async (user) => (await fga.check({ user, relation: "read_okta", object: "okta:groups" }, fresh)).allowed;

assert.equal(await may("user:auth0|ada"), true);
assert.equal(await may("user:auth0|bob"), true, "by his group");
assert.equal(await may("user:auth0|eve"), false);

const tuple = { user: "user:sdk|zoe", relation: "read_okta", object: "okta:groups" };
assert.equal(await may(tuple.user), false);
await fga.write({ writes: [tuple] });
try {
  assert.equal(await may(tuple.user), true);
  await assert.rejects(fga.write({ writes: [tuple] }), /already exists/, "a tuple is written once");
  const { tuples } = await fga.read({ user: tuple.user, object: tuple.object });
  assert.deepEqual(tuples.map(({ key }) => [key.user, key.relation, key.object]), [Object.values(tuple)]);
} finally {
  await fga.write({ deletes: [tuple] });
}
assert.equal(await may(tuple.user), false);

const { result } = await fga.batchCheck({
  checks: ["ada", "eve"].map((name) => ({ user: `user:auth0|${name}`, relation: "read_okta", object: "okta:groups", correlationId: name })),
});
assert.deepEqual(Object.fromEntries(result.map(({ correlationId, allowed }) => [correlationId, allowed])), { ada: true, eve: false });

const { objects } = await fga.listObjects({ user: "user:auth0|ada", relation: "read_okta", type: "okta" });
assert.deepEqual(objects, ["okta:groups", "okta:users"]);
const { users } = await fga.listUsers({
  object: { type: "okta", id: "groups" },
  relation: "read_okta",
  user_filters: [{ type: "user" }],
});
assert.deepEqual(users.map(({ object }) => object.id).sort(), ["auth0|ada", "auth0|bob", "auth0|grace"]);
const { authorization_model: model } = await fga.readLatestAuthorizationModel();
assert.equal(model.id, env.FGA_MODEL_ID);
