// A Python with the packages of requirements.txt, made once in end2end/.venv.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Its path. Throws with what the tools said when it cannot be made. */
export function python(): string {
  const [venv, wanted, mark] = [at(".venv"), at("requirements.txt"), at(".venv/.installed-requirements.txt")];
  const interpreter = `${venv}/bin/python`;
  const list = readFileSync(wanted, "utf8");
  if (existsSync(mark) && readFileSync(mark, "utf8") === list) return interpreter;
  run("python3", "-m", "venv", "--clear", venv);
  run(interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", wanted);
  writeFileSync(mark, list);
  return interpreter;
}

function run(program: string, ...words: string[]) {
  try {
    execFileSync(program, words, { stdio: ["ignore", "ignore", "pipe"], timeout: 240_000 });
  } catch (error) {
    throw new Error("Python 3 with venv is needed; on Debian: apt-get install python3-venv", { cause: error });
  }
}
