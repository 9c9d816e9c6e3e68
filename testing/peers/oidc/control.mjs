// What a test may do to the provider: one JSON object a line on standard input, `{"command": "rotate"}`, each answered by
// one line on standard output.
import { createInterface } from "node:readline";
import { errors } from "oidc-provider";
import { CLIENT } from "./configuration.mjs";

/** Reads commands until standard input closes, which ends the process: nobody is left who could want it. */
export async function obey(house) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { command, ...words } = JSON.parse(line);
    const act = COMMANDS[command];
    const answer = act ? await act(house, words).catch(({ message }) => ({ error: message })) : { error: `no command ${command}` };
    process.stdout.write(`${JSON.stringify({ command, ...answer })}\n`);
  }
  process.exit(0);
}

const COMMANDS = {
  /** What clients did so far. */
  seen: async ({ world }) => ({ seen: world.seen }),
  /** New signing keys come first; the old ones stay published. */
  rotate: async (house) => house.rotate(),
  /** The approvals that wait on somebody's phone. */
  ringing: async ({ world }) => ({ ringing: world.ringing.map(shown) }),
  approve: async (house, words) => answer(house, words, (request) => grant(house.provider, request)),
  deny: async (house, words) => answer(house, words, () => new errors.AccessDenied("the person declined")),
  expire: async (house, words) => answer(house, words, () => new errors.ExpiredToken("nobody answered")),
  /** From now on nobody is found by this account's hints. */
  forget: async ({ world }, { account }) => {
    world.forgotten.add(account);
    return {};
  },
  /** Ends a person's sessions from outside, by back-channel logout. */
  end_sessions: async ({ provider, world }, { account }) => {
    const client = await provider.Client.find(CLIENT);
    if (!client.backchannelLogoutUri) throw new Error("this character has no back-channel logout");
    const sessions = world.sessions.filter((session) => session.account === account);
    await Promise.all(sessions.map(({ sub, sid }) => client.backchannelLogout(sub, sid)));
    return { ended: sessions.length };
  },
};

function shown({ account, request }) {
  return { account, params: request.params };
}

// The oldest that waits.
async function answer({ provider, world }, _words, result) {
  const first = world.ringing.shift();
  if (!first) throw new Error("no approval is waiting");
  const rar = first.request.params.authorization_details;
  await provider.backchannelResult(first.request, await result(first.request), {
    acr: "urn:peers:phone",
    authTime: Math.floor(Date.now() / 1000),
    ...(world.echo && rar && { rar: JSON.parse(rar) }),
  });
  return { answered: shown(first) };
}

async function grant(provider, { accountId, clientId, scope }) {
  const all = new provider.Grant({ accountId, clientId });
  all.addOIDCScope(scope);
  await all.save();
  return all;
}
