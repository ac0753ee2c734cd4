// The part of the build that puts Python for the browser beside the page: the core of the npm package
// `pyodide`, packed, and micropip, a wheel that is not on npm.
//
// Everything lies in static/pyodide/VERSION/, so that a browser may keep it for ever.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const PACKED = ["pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json"];
const PLAIN = ["python_stdlib.zip"];
// Pinned by its content: what pip brings must be this, wherever it comes from.
const MICROPIP = {
  requirement: "micropip==0.11.1",
  name: "micropip-0.11.1-py3-none-any.whl",
  sha256: "768de165adb8e66906039d8fec4127a57f522dfdf8e6fbff877a4616941ecfd3",
};
const NOTICE = `Python for the browser: the core of Pyodide {version} (https://pyodide.org) and micropip
(https://github.com/pyodide/micropip), both unchanged and under the Mozilla Public License 2.0, whose text
is at https://mozilla.org/MPL/2.0/. Their sources are at https://github.com/pyodide/pyodide and in the
wheel. The Python standard library in python_stdlib.zip is under the PSF license,
https://docs.python.org/3/license.html.
`;

const root = fileURLToPath(new URL("..", import.meta.url));
const source = dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));
const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as {
  version: string;
};
const cache = join(root, "node_modules/.cache/rdit", version);

/// The files by name, made once and then kept in node_modules.
function files(): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const name of PLAIN) found.set(name, readFileSync(join(source, name)));
  for (const name of PACKED)
    found.set(
      `${name}.gz`,
      kept(`${name}.gz`, () => gzipSync(readFileSync(join(source, name)), { level: 9 })),
    );
  found.set(MICROPIP.name, kept(MICROPIP.name, fetchMicropip));
  return found;
}

function kept(name: string, make: () => Buffer): Buffer {
  const path = join(cache, name);
  if (!existsSync(path)) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(path, make());
  }
  return readFileSync(path);
}

function fetchMicropip(): Buffer {
  const pips = [[join(root, ".venv/bin/python"), "-m", "pip"], ["pip"], ["python3", "-m", "pip"]];
  const wanted = [
    "download",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--dest",
    cache,
  ];
  const options = ["--only-binary=:all:", "--python-version=3.14", MICROPIP.requirement];
  const problems: string[] = [];
  for (const [command, ...first] of pips) {
    try {
      execFileSync(command!, [...first, ...wanted, ...options], { stdio: "pipe" });
      const wheel = readFileSync(join(cache, MICROPIP.name));
      const found = createHash("sha256").update(wheel).digest("hex");
      if (found === MICROPIP.sha256) return wheel;
      problems.push(`${MICROPIP.name} has sha256 ${found}, not the expected ${MICROPIP.sha256}`);
      break;
    } catch (error) {
      problems.push(String(error).split("\n")[0]!);
    }
  }
  throw new Error(
    `The build needs ${MICROPIP.requirement} and could not get it with pip:\n  ${problems.join("\n  ")}\n` +
      `Put that wheel into ${cache} to build without a network.`,
  );
}

/// What the page must know of the files, as constants in its code.
export function pyodideConstants(command: "build" | "serve") {
  const sizes = command === "build" ? [...files()].map(([name, { length }]) => [name, length]) : [];
  return {
    __PYODIDE__: JSON.stringify({ version, files: Object.fromEntries(sizes) }),
    __MICROPIP__: JSON.stringify({ name: MICROPIP.name, sha256: MICROPIP.sha256 }),
  };
}

/// Puts the files into the build.
export function pyodide(): Plugin {
  return {
    name: "rdit-pyodide",
    apply: "build",
    generateBundle() {
      for (const [name, content] of files())
        this.emitFile({ type: "asset", fileName: `pyodide/${version}/${name}`, source: content });
      this.emitFile({
        type: "asset",
        fileName: `pyodide/${version}/NOTICE.txt`,
        source: NOTICE.replace("{version}", version),
      });
    },
  };
}
