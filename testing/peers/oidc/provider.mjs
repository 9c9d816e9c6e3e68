// One OpenID Provider, by a library that is certified and not ours, in one character.
//
//   node provider.mjs NAME APP_URL            a character of characters.json
//   node provider.mjs '{"name": …}' APP_URL   one of your own
//
// Prints one line of JSON when it is ready: its issuer, its people, and the variables by which the server finds it. Then
// it takes commands (control.mjs) until standard input closes.
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ahead } from "./clock.mjs";
import { complete } from "./character.mjs";
import { obey } from "./control.mjs";
import { House } from "./house.mjs";

// Standard output is for answers alone; what the library says goes where people read.
console.log = console.info = console.error;

const [given, app] = process.argv.slice(2);
if (!given || !app) {
  process.stderr.write("usage: node provider.mjs CHARACTER APP_URL\n");
  process.exit(2);
}
const character = complete(given);
ahead(character.clock_ahead_s);

const server = createServer();
// Endpoints that lie elsewhere than the issuer are the same provider under another port.
const elsewhere = character.issuer.endpoints === "elsewhere" ? createServer() : undefined;
const [port, other] = await Promise.all([server, elsewhere].filter(Boolean).map(listen));
const origin = `http://localhost:${port}`;
const directory = mkdtempSync(join(tmpdir(), "countersign-peer-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));

const clientKey = keyPair("client-1");
const house = new House(character, { app, origin, clientKey: clientKey.public });
server.on("request", (request, response) => {
  if (other && request.url.includes("/.well-known/")) request.headers.host = `localhost:${other}`;
  house.answer(request, response);
});
elsewhere?.on("request", (request, response) => house.answer(request, response));

process.stdout.write(`${JSON.stringify({ ready: true, issuer: house.issuer, variables: variables(), people: house.names() })}\n`);
await obey(house);

function variables() {
  const { method } = character.client_auth;
  const key = join(directory, "client.pem");
  if (method === "private_key_jwt") writeFileSync(key, clientKey.pem, { mode: 0o600 });
  return {
    OIDC_ISSUER: house.issuer,
    ...house.client(),
    ...(method === "private_key_jwt" && { OIDC_CLIENT_KEY_FILE: key, OIDC_CLIENT_KEY_ID: "client-1" }),
    ...character.variables,
  };
}

function keyPair(kid) {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
  return { public: jwk, pem: privateKey.export({ type: "pkcs8", format: "pem" }) };
}

function listen(of) {
  return new Promise((resolve) => of.listen(0, "127.0.0.1", () => resolve(of.address().port)));
}
