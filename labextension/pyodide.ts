// The part of the build that puts Python for the browser beside the page: the core of the npm package
// `pyodide`, packed; its standard library, with the modules that every start imports compiled, which
// halves the time to start; and micropip, a wheel that is not on npm.
//
// Everything lies in static/pyodide/VERSION-HASH/, so that a browser may keep it for ever.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const PACKED = ["pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json"];
const LIBRARY = "python_stdlib.zip";
// What a start imports, the runtime of rdit, and what most scripts do: compiled, the rest as it is.
const COMPILED =
  "asyncio base64 collections contextlib csv dataclasses datetime decimal fractions functools getpass " +
  "inspect io itertools json linecache math mmap pathlib random re signal statistics textwrap threading " +
  "time traceback typing warnings zipfile pyodide.code pyodide.http pyodide._package_loader";
// Executed by Pyodide itself: only the same Python writes what that Python can read.
const COMPILE = `
import importlib, importlib.util, sys, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

for name in names.split():
    importlib.import_module(name)
there = "/lib/python" + "".join(map(str, sys.version_info[:2])) + ".zip/"
files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
wanted = {file.removeprefix(there) for file in files if file.startswith(there)}

def entry(name):
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))

with zipfile.ZipFile("/tmp/in.zip") as old, zipfile.ZipFile("/tmp/out.zip", "w") as new:
    for name in old.namelist():
        data = old.read(name)
        new.writestr(entry(name), data, zipfile.ZIP_DEFLATED, 9)
        if name in wanted:
            code = compile(data, there + name, "exec", dont_inherit=True)
            compiled = _code_to_hash_pyc(code, importlib.util.source_hash(data), False)
            new.writestr(entry(name + "c"), bytes(compiled), zipfile.ZIP_DEFLATED, 9)
`;
// Pinned by its content: what pip brings must be this, wherever it comes from.
const MICROPIP = {
  requirement: "micropip==0.11.1",
  name: "micropip-0.11.1-py3-none-any.whl",
  sha256: "768de165adb8e66906039d8fec4127a57f522dfdf8e6fbff877a4616941ecfd3",
};
const NOTICE = `Python for the browser: the core of Pyodide {version} (https://pyodide.org) and micropip
(https://github.com/pyodide/micropip), both under the Mozilla Public License 2.0, whose text
is at https://mozilla.org/MPL/2.0/. Their sources are at https://github.com/pyodide/pyodide and in the
wheel. The Python standard library in python_stdlib.zip, to which compiled modules were added, is under
the PSF license, https://docs.python.org/3/license.html.
`;

const root = fileURLToPath(new URL("..", import.meta.url));
const source = dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));
const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as {
  version: string;
};
const cache = join(root, "node_modules/.cache/rdit", version);

/// The files by name, made once and then kept in node_modules.
async function files(): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  found.set(LIBRARY, await kept(LIBRARY, compileLibrary));
  for (const name of PACKED)
    found.set(
      `${name}.gz`,
      await kept(`${name}.gz`, () => gzipSync(readFileSync(join(source, name)), { level: 9 })),
    );
  found.set(MICROPIP.name, await kept(MICROPIP.name, fetchMicropip));
  return found;
}

async function kept(name: string, make: () => Buffer | Promise<Buffer>): Promise<Buffer> {
  const path = join(cache, name);
  if (!existsSync(path)) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(path, await make());
  }
  return readFileSync(path);
}

async function compileLibrary(): Promise<Buffer> {
  const { loadPyodide } = await import("pyodide");
  const python = await loadPyodide({ indexURL: source });
  python.FS.writeFile("/tmp/in.zip", readFileSync(join(source, LIBRARY)));
  python.globals.set("names", COMPILED);
  python.runPython(COMPILE);
  return Buffer.from(python.FS.readFile("/tmp/out.zip") as Uint8Array);
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
export async function pyodideConstants(command: "build" | "serve") {
  const found = command === "build" ? await files() : new Map<string, Buffer>();
  const sizes = [...found].map(([name, { length }]) => [name, length]);
  const folder = `pyodide/${folderOf(found)}/`;
  return {
    __PYODIDE__: JSON.stringify({ folder, files: Object.fromEntries(sizes) }),
    __MICROPIP__: JSON.stringify({ name: MICROPIP.name, sha256: MICROPIP.sha256 }),
  };
}

/// A name that changes with what is in the folder.
function folderOf(found: Map<string, Buffer>): string {
  const hash = createHash("sha256");
  for (const content of found.values()) hash.update(content);
  return `${version}-${hash.digest("hex").slice(0, 8)}`;
}

/// Puts the files into the build.
export function pyodide(): Plugin {
  return {
    name: "rdit-pyodide",
    apply: "build",
    async generateBundle() {
      const found = await files();
      const folder = `pyodide/${folderOf(found)}`;
      for (const [name, content] of found)
        this.emitFile({ type: "asset", fileName: `${folder}/${name}`, source: content });
      this.emitFile({
        type: "asset",
        fileName: `${folder}/NOTICE.txt`,
        source: NOTICE.replace("{version}", version),
      });
    },
  };
}
