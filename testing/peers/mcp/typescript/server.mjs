// An MCP server made with the official TypeScript SDK, put together as the SDK's own examples are.
// Words: `sessions` or `stateless`, then `sse` or `json`. Prints one line of JSON with its address once it listens on
// a loopback port that the system chose, and ends when its standard input does. Takes one bearer token, the one in the variable PEER_TOKEN.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { InMemoryEventStore } from "@modelcontextprotocol/sdk/examples/shared/inMemoryEventStore.js";
import { InvalidTokenError } from "@modelcontextprotocol/sdk/server/auth/errors.js";
import { requireBearerAuth } from "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";
import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { isInitializeRequest, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod/v4";

const [sessions, form] = process.argv.slice(2);
const enableJsonResponse = form === "json";
const PAGE = 2;
const lines = [];

function peer() {
  const server = new McpServer({ name: "peer", version: "1.0.0" });
  const data = (structuredContent) => ({
    content: [{ type: "text", text: JSON.stringify(structuredContent) }],
    structuredContent,
  });
  server.registerTool(
    "add",
    {
      description: "Add two numbers.",
      inputSchema: { a: z.number().int(), b: z.number().int().default(0) },
      outputSchema: { sum: z.number().int() },
    },
    async ({ a, b }) => data({ sum: a + b }),
  );
  server.registerTool("fail", { description: "Fail." }, async () => {
    throw new Error("the printer is on fire");
  });
  server.registerTool(
    "slow",
    { description: "Take some time, and report progress.", inputSchema: { steps: z.number().int() } },
    async ({ steps }, { signal, sendNotification, _meta }) => {
      lines.push("begun");
      for (let step = 0; step < steps && !signal.aborted; step++) {
        const params = { progressToken: _meta?.progressToken, progress: step, total: steps };
        if (_meta?.progressToken !== undefined) await sendNotification({ method: "notifications/progress", params });
        await sleep(50);
      }
      lines.push(signal.aborted ? "cancelled" : "done");
      return { content: [{ type: "text", text: "done" }] };
    },
  );
  server.registerTool(
    "log",
    { description: "The calls of `slow` so far.", outputSchema: { lines: z.array(z.string()) } },
    async () => data({ lines }),
  );
  server.registerTool(
    "parted",
    { description: "Answer after the stream was closed, where it can be resumed." },
    async ({ closeSSEStream }) => {
      closeSSEStream?.();
      await sleep(100);
      return { content: [{ type: "text", text: closeSSEStream ? "resumed" : "never closed" }] };
    },
  );
  const all = server.server._requestHandlers.get("tools/list");
  server.server.setRequestHandler(ListToolsRequestSchema, async (request, extra) => {
    const { tools } = await all(request, extra);
    const start = Number(request.params?.cursor ?? 0);
    const more = start + PAGE < tools.length;
    return { tools: tools.slice(start, start + PAGE), ...(more ? { nextCursor: String(start + PAGE) } : {}) };
  });
  return server;
}

const open = new Map();
const refuse = (res, status, code, message) => res.status(status).json({ jsonrpc: "2.0", error: { code, message }, id: null });

async function withSessions(req, res) {
  const id = req.headers["mcp-session-id"];
  if (id) {
    const transport = open.get(id);
    return transport ? transport.handleRequest(req, res, req.body) : refuse(res, 404, -32001, "Session not found");
  }
  if (!isInitializeRequest(req.body)) return refuse(res, 400, -32000, "Bad Request: No valid session ID provided");
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse,
    eventStore: new InMemoryEventStore(),
    retryInterval: 50,
    onsessioninitialized: (own) => open.set(own, transport),
  });
  transport.onclose = () => open.delete(transport.sessionId);
  await peer().connect(transport);
  return transport.handleRequest(req, res, req.body);
}

async function stateless(req, res) {
  if (req.method !== "POST") return refuse(res, 405, -32000, "Method not allowed.");
  const server = peer();
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse });
  await server.connect(transport);
  await transport.handleRequest(req, res, req.body);
  res.on("close", () => {
    transport.close();
    server.close();
  });
}

const verifier = {
  async verifyAccessToken(token) {
    if (token !== process.env.PEER_TOKEN) throw new InvalidTokenError("unknown token");
    return { token, clientId: "countersign", scopes: ["tools"], expiresAt: Math.floor(Date.now() / 1000) + 3600 };
  },
};
const app = createMcpExpressApp();
app.all("/mcp", requireBearerAuth({ verifier, requiredScopes: ["tools"] }), sessions === "stateless" ? stateless : withSessions);
process.stdin.resume().on("end", () => process.exit(0));
const listener = app.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ ready: true, url: `http://127.0.0.1:${listener.address().port}/mcp` })));
