// An MCP client made with the official TypeScript SDK, which never heard of us: it is given the address of a server, and signs
// the person in by the server's metadata document, as the SDK's own example does.
//
//   node client.mjs URL REDIRECT_URL
//
// Prints one line of JSON when it is ready, reads commands as JSON lines, and ends when its standard input does:
// `connect` returns the page on which the person signs in, or the server; `tools`; `call` with `tool` and `arguments` returns the
// result, or the page on which the person grants more scopes; `finish` takes the address to which a page led, and returns the
// server, or the result of the call.
import { createInterface } from "node:readline";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [url, redirectUrl] = process.argv.slice(2);
const kept = {};

// Keeps everything in memory.
const authProvider = {
  redirectUrl,
  clientMetadata: {
    client_name: "A client that never heard of Countersign",
    redirect_uris: [redirectUrl],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  },
  clientInformation: () => kept.client,
  saveClientInformation: (client) => void (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => void (kept.tokens = tokens),
  redirectToAuthorization: (page) => void (kept.page = page.href),
  saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
  codeVerifier: () => kept.verifier,
};

let client;
let transport;

async function connect() {
  client = new Client({ name: "stranger", version: "1.0.0" });
  transport = new StreamableHTTPClientTransport(new URL(url), { authProvider });
  try {
    await client.connect(transport);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    return { page: kept.page };
  }
  return { server: client.getServerVersion().name, revision: transport.protocolVersion };
}

async function call(order) {
  const progress = [];
  const onprogress = ({ message }) => void progress.push(message);
  const options = { onprogress, resetTimeoutOnProgress: true, timeout: 30_000 };
  const request = { name: order.tool, arguments: order.arguments };
  try {
    const { isError, content, structuredContent } = await client.callTool(request, undefined, options);
    return { is_error: isError ?? false, text: content[0]?.text, structured: structuredContent, progress };
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    kept.call = order;
    return { page: kept.page };
  }
}

const commands = {
  connect,
  finish: async ({ callback }) => {
    await transport.finishAuth(new URL(callback).searchParams.get("code"));
    const server = await connect();
    const again = kept.call;
    delete kept.call;
    return again ? call(again) : server;
  },
  tools: async () => ({ tools: (await client.listTools()).tools.map(({ name }) => name) }),
  call,
};

process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  const answer = await commands[order.command](order).catch((error) => ({ error: `${error}` }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
