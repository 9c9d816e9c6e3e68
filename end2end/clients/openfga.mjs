// OpenFGA's own JavaScript SDK against the sandbox: one client checks and reads, another one may only write.
import assert from "node:assert/strict";
import { ConsistencyPreference, CredentialsMethod, OpenFgaClient } from "@openfga/sdk";
import { env } from "./env.mjs";

const client = (clientId, clientSecret) => new OpenFgaClient({
  apiUrl: env.FGA_API_URL,
  storeId: env.FGA_STORE_ID,
  authorizationModelId: env.FGA_MODEL_ID,
  retryParams: { maxRetry: 0 },
  credentials: {
    method: CredentialsMethod.ClientCredentials,
    config: {
      apiTokenIssuer: env.FGA_API_TOKEN_ISSUER,
      apiAudience: env.FGA_API_AUDIENCE,
      clientId,
      clientSecret,
    },
  },
});
const fga = client(env.FGA_CLIENT_ID, env.FGA_CLIENT_SECRET);
const writer = client(env.FGA_GRANTS_CLIENT_ID, env.FGA_GRANTS_CLIENT_SECRET);
const fresh = { consistency: ConsistencyPreference.HigherConsistency };
const may = async (user) => (await fga.check({ user, relation: "read_okta", object: "okta:groups" }, fresh)).allowed;

assert.equal(await may("user:auth0|ada"), true);
assert.equal(await may("user:auth0|bob"), true, "by his group");
assert.equal(await may("user:auth0|eve"), false);

const tuple = { user: "user:sdk|zoe", relation: "read_okta", object: "okta:groups" };
assert.equal(await may(tuple.user), false);
await writer.write({ writes: [tuple] });
try {
  assert.equal(await may(tuple.user), true);
  await assert.rejects(writer.write({ writes: [tuple] }), /already exists/, "a tuple is written once");
  const { tuples } = await fga.read({ user: tuple.user, object: tuple.object });
  assert.deepEqual(tuples.map(({ key }) => [key.user, key.relation, key.object]), [Object.values(tuple)]);
} finally {
  await writer.write({ deletes: [tuple] });
}
assert.equal(await may(tuple.user), false);

const context = { grant_time: "2026-01-01T00:00:00Z", grant_duration: "3600s" };
const granted = { ...tuple, condition: { name: "non_expired_grant", context } };
const mayAt = async (current_time) => (await fga.check({ user: tuple.user, relation: tuple.relation, object: tuple.object, context: { current_time } }, fresh)).allowed;
await writer.write({ writes: [granted] });
try {
  assert.equal(await mayAt("2026-01-01T00:59:59Z"), true);
  assert.equal(await mayAt("2026-01-01T01:00:00Z"), false, "the grant has ended");
} finally {
  await writer.write({ deletes: [tuple] });
}

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
assert.deepEqual(users.map(({ object }) => object.id).sort(), ["auth0|ada", "auth0|bob", "auth0|crowd-0001", "auth0|grace"]);
const { authorization_model: model } = await fga.readLatestAuthorizationModel();
assert.equal(model.id, env.FGA_MODEL_ID);
