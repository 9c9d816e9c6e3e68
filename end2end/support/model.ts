// Orders for the sandbox's scripted model.
import { given } from "./env.ts";

/** What the model does with the next requests, one each; afterwards it behaves. */
export async function next(...mischief: object[]) {
  for (const one of mischief) await order({ next: one });
}

/** The model's next answer waits after so many words, until `release`. */
export const gate = (afterWords: number) => ({ gate: { afterWords } });

/** The model proposes this call, whatever it was asked. */
export const call = (name: string, input: object) => ({ say: [{ toolUse: { name, input: { json: input } } }] });

export const release = () => post("release");

/** Forgets all orders and lets go of all that waits. */
export async function behave() {
  await order("behave");
  await release();
}

const order = (body: unknown) => post("mischief", JSON.stringify(body));

async function post(what: string, body?: string) {
  const answer = await fetch(`${given("BEDROCK_ENDPOINT_URL")}/_sandbox/${what}`, { method: "POST", body });
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
}
