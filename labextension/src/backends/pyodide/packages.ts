// Packages of Pyodide's distribution in the worker: where they come from, and why one does not.
import type { Lockfile, PyodideAPI } from "pyodide";
import type { Progress } from "./assets";
import type { Core } from "./messages";

type Report = (progress: Progress) => void;

let distribution: Lockfile;
let place = "";
/// Why a package file could not be fetched, by URL.
const failures = new Map<string, string>();

/// The list of packages: of the folder `packages`, or else of the core.
export async function readLock(core: Core, packages: string): Promise<Lockfile> {
  place = packages;
  const own = JSON.parse(await core.lock.text()) as Lockfile;
  distribution = own;
  if (packages) {
    const address = `${packages}pyodide-lock.json`;
    const theirs = await fetchLock(address);
    if (theirs && theirs.info.abi_version === own.info.abi_version) distribution = theirs;
    else if (theirs) failures.set(address, `is for another Python (${theirs.info.python})`);
  }
  const { micropip } = own.packages;
  distribution.packages.micropip = { ...micropip!, file_name: `${core.base}${MICROPIP.name}` };
  distribution.packages.micropip.sha256 = MICROPIP.sha256;
  return distribution;
}

// The micropip wheel in the folder of the core; the build defines it.
declare const __MICROPIP__: { name: string; sha256: string };
const MICROPIP = __MICROPIP__;

async function fetchLock(address: string): Promise<Lockfile | null> {
  try {
    const response = await fetch(address);
    // A missing lock file is no error: a plain folder of the distribution's wheels has none.
    return response.ok ? ((await response.json()) as Lockfile) : null;
  } catch {
    return null; // unreachable: loading a package will report it
  }
}

/// Wraps `fetch`: serves the core from memory, and reports progress of package downloads.
export function watchFetches(core: Core, lock: Lockfile, report: Report): void {
  const files = new Map([
    [`${core.base}pyodide.asm.wasm`, core.wasm],
    [`${core.base}python_stdlib.zip`, core.stdlib],
    [`${core.base}${MICROPIP.name}`, core.micropip],
  ]);
  const names = new Map(
    Object.values(lock.packages).map(({ name, file_name }) => [addressOf(file_name), name]),
  );
  const original = self.fetch.bind(self);
  self.fetch = async (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    const file = files.get(address);
    if (file) return new Response(file, { headers: { "Content-Type": file.type } });
    const name = names.get(address);
    if (name === undefined) return original(input, init);
    try {
      const response = await original(input, init);
      if (!response.ok) failures.set(address, `answers ${response.status} ${response.statusText}`);
      return counted(name, response, report);
    } catch (error) {
      failures.set(address, await askWhy(original, address));
      throw error;
    }
  };
}

/// Why a download failed. Pyodide's integrity check rejects an error page without revealing the
/// HTTP status: ask again with HEAD.
async function askWhy(ask: typeof fetch, address: string): Promise<string> {
  try {
    const { ok, status, statusText } = await ask(address, { method: "HEAD" });
    return ok ? "is not the file that its list names" : `answers ${status} ${statusText}`.trim();
  } catch {
    return "does not answer";
  }
}

function counted(what: string, response: Response, report: Report): Response {
  if (!response.body || !response.ok) return response;
  const total = Number(response.headers.get("Content-Length") ?? 0);
  let loaded = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      loaded += chunk.byteLength;
      report({ what, loaded, total });
      controller.enqueue(chunk);
    },
  });
  const { status, headers } = response;
  return new Response(response.body.pipeThrough(count), { status, headers });
}

const addressOf = (file: string) => new URL(file, place || "https://nowhere.invalid/").href;

/// The package that has a module; "" if none is known.
export function packageOf(module: string): string {
  const found = Object.values(distribution.packages).find(({ imports }) =>
    imports.includes(module),
  );
  return found?.name ?? "";
}

/// Loads packages of the list. What failed is known by `troubleOf`.
export async function install(pyodide: PyodideAPI, names: string[], report: Report): Promise<void> {
  await pyodide.loadPackage(names, {
    messageCallback: () => {},
    errorCallback: () => {}, // says only that something failed; `failures` has the reason
  });
  report({ what: "", loaded: 0, total: 0 });
}

/// Why a package cannot be loaded, as a sentence for the user; "" if no reason is known.
export function troubleOf(name: string): string {
  if (name === "micropip") return "";
  if (!(name in distribution.packages)) return "";
  if (!place)
    return (
      `${name} exists for Python in the browser, but this page has no place to load it from.` +
      ` Whoever set it up can name one (the setting pyodide_packages_url); or run this script with a server.`
    );
  for (const needed of withDependencies(name)) {
    const address = addressOf(distribution.packages[needed]!.file_name);
    const failure = failures.get(address);
    if (failure)
      return (
        `${name} could not be loaded: ${address} ${failure}.` +
        " Whoever keeps that place of packages can add it; or run this script with a server."
      );
  }
  return "";
}

function withDependencies(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name) || !(name in distribution.packages)) return seen;
  seen.add(name);
  for (const needed of distribution.packages[name]!.depends) withDependencies(needed, seen);
  return seen;
}
