// The worker: Pyodide with the modules of `rdit_ext/runtime`, unchanged. The page sends it one
// request at a time; it has no queue, and knows neither editor nor server.
import { loadPyodide, type Lockfile, type PyodideAPI } from "pyodide";
import type { PyProxy } from "pyodide/ffi";
import { ROOT, type Core, type FileContent, type FromWorker, type ToWorker } from "./messages";

const SOURCES = import.meta.glob<string>("../../../../rdit_ext/runtime/*.py", {
  query: "?raw",
  import: "default",
  eager: true,
});
// Limits for finding what a run wrote: number of files compared, and size of a file that is sent
// back.
const MAX_FILES = 2_000;
const MAX_KEPT_BYTES = 50e6;

type Options = NonNullable<Parameters<typeof loadPyodide>[0]>;

interface Host {
  run: ((request: string) => Promise<void>) & PyProxy;
  reset(): void;
  interrupt(): void;
  answer(text: string): void;
  methods(): string;
  query(query: string): string;
}

const post = (message: FromWorker, transfer: Transferable[] = []) =>
  self.postMessage(message, { transfer });

let pyodide: PyodideAPI;
let host: Host;
let interruptByte: Uint8Array | null = null;
/// Shared with the page: set to 1 when an interrupt was handled.
let heardByte: Uint8Array | null = null;

self.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
  void serve(message).catch((error: unknown) => post({ type: "died", reason: reasonOf(error) }));
};

async function serve(message: ToWorker) {
  switch (message.type) {
    case "start":
      return start(message);
    case "files":
      return putFiles(message.write, message.remove);
    case "run":
      return run(message.request, message.folder);
    case "reset":
      host.reset();
      return post({ type: "ended", written: [], removed: [], memory: memory() });
    case "interrupt":
      // A busy interpreter polls the interrupt buffer. If the byte is still set, Python is waiting
      // (for input, or in an await) and does not poll: interrupt the wait.
      if (!interruptByte || Atomics.exchange(interruptByte, 0, 0)) host?.interrupt();
      return;
    case "input":
      return host.answer(message.text);
    case "query":
      return post({ type: "answer", answer: host.query(message.query) });
  }
}

// -- beginning

async function start({ core, packages, interrupts }: ToWorker & { type: "start" }) {
  const lock = await readLock(core, packages);
  watchFetches(core, lock);
  const moduleUrl = URL.createObjectURL(core.module);
  const { default: createPyodideModule } = (await import(/* @vite-ignore */ moduleUrl)) as {
    default: Options["createPyodideModule"];
  };
  URL.revokeObjectURL(moduleUrl);
  pyodide = await loadPyodide({
    indexURL: core.base,
    packageBaseUrl: packages || core.base,
    lockFileContents: lock,
    createPyodideModule,
    env: { HOME: "/home/pyodide", PYTHONUNBUFFERED: "1" },
  });
  keepWritten("stdout", pyodide.setStdout);
  keepWritten("stderr", pyodide.setStderr);
  pyodide.FS.mkdirTree(ROOT);
  host = boot();
  interruptByte = interrupts && new Uint8Array(interrupts, 0, 1);
  heardByte = interrupts && new Uint8Array(interrupts, 1, 1);
  if (interruptByte) pyodide.setInterruptBuffer(interruptByte);
  const canWait = "Suspending" in WebAssembly;
  post({ type: "ready", python: pythonVersion(), canWait, methods: host.methods() });
}

/// Runs boot.py, as in a kernel, and connects the runtime to this worker.
function boot(): Host {
  const modules: Record<string, string> = {};
  let bootText = "";
  for (const [path, source] of Object.entries(SOURCES)) {
    const name = path.slice(path.lastIndexOf("/") + 1, -".py".length);
    if (name === "boot") bootText = source;
    else modules[name] = source;
  }
  const globals = pyodide.toPy({ __name__: "_rdit_boot", _rdit: { modules } }) as PyProxy;
  pyodide.runPython(bootText, { globals });
  globals.destroy();
  const bridge = pyodide.pyimport("_rdit.pyodide_bridge") as { boot(worker: object): Host };
  return bridge.boot({
    send,
    takeWritten,
    install,
    packageOf,
    troubleOf,
    interruptAgain,
    acknowledge,
  });
}

/// The interrupt hit code of the runtime that must not be interrupted. Without threads nothing can
/// raise it later: set the interrupt buffer again.
function interruptAgain(again: boolean) {
  if (interruptByte) Atomics.store(interruptByte, 0, again ? 2 : 0);
}

function acknowledge() {
  if (heardByte) Atomics.store(heardByte, 0, 1);
}

function pythonVersion(): string {
  return String(pyodide.runPython("import sys; sys.version.split()[0]"));
}

// Output written to the file descriptors (by C code), buffered until Python fetches it: JavaScript
// cannot call into Python while Python is in a write.
let raw: [stream: string, text: string][] = [];

function keepWritten(stream: string, set: PyodideAPI["setStdout"]) {
  const decoder = new TextDecoder();
  set({
    write: bytes => {
      const text = decoder.decode(bytes, { stream: true });
      if (isRunning) raw.push([stream, text]);
      else console.log(text);
      return bytes.length;
    },
  });
}

function takeWritten(): [string, string][] {
  const taken = raw;
  raw = [];
  return taken;
}

// -- running

let isRunning = false;

async function run(request: string, folder: string) {
  const place = folder ? `${ROOT}/${folder}` : ROOT;
  pyodide.FS.mkdirTree(place);
  pyodide.FS.chdir(place);
  const before = look(place);
  isRunning = true;
  try {
    await host.run(request);
  } finally {
    isRunning = false;
  }
  const { written, removed } = compare(before, look(place));
  post(
    { type: "ended", written, removed, memory: memory() },
    written.map(({ data }) => data.buffer),
  );
}

function send(text: string) {
  post({ type: "events", text });
}

// -- files

function putFiles(write: FileContent[], remove: string[]) {
  for (const { path, data } of write) {
    const place = `${ROOT}/${path}`;
    pyodide.FS.mkdirTree(place.slice(0, place.lastIndexOf("/")));
    pyodide.FS.writeFile(place, data);
  }
  for (const path of remove) {
    const { exists } = pyodide.FS.analyzePath(`${ROOT}/${path}`);
    if (exists) pyodide.FS.unlink(`${ROOT}/${path}`);
  }
}

type Seen = Map<string, { time: number; size: number }>;

function look(folder: string, seen: Seen = new Map()): Seen {
  for (const name of pyodide.FS.readdir(folder)) {
    if (name === "." || name === ".." || name === "__pycache__" || seen.size > MAX_FILES) continue;
    const path = `${folder}/${name}`;
    const { mode, mtime, size } = pyodide.FS.lstat(path);
    if (pyodide.FS.isDir(mode)) look(path, seen);
    else if (pyodide.FS.isFile(mode)) seen.set(path, { time: +mtime, size });
  }
  return seen;
}

function compare(before: Seen, after: Seen) {
  const written: FileContent[] = [];
  for (const [path, { time, size }] of after) {
    const old = before.get(path);
    if ((old?.time === time && old.size === size) || size > MAX_KEPT_BYTES) continue;
    // A copy, because its buffer is transferred to the page.
    const data = pyodide.FS.readFile(path).slice() as Uint8Array<ArrayBuffer>;
    written.push({ path: path.slice(ROOT.length + 1), data });
  }
  const removed = [...before.keys()].filter(path => !after.has(path));
  return { written, removed: removed.map(path => path.slice(ROOT.length + 1)) };
}

function memory(): number {
  const { HEAPU8 } = (pyodide as unknown as { _module: { HEAPU8: Uint8Array } })._module;
  return HEAPU8.byteLength;
}

// -- packages

let distribution: Lockfile;
let place = "";
/// Why a package file could not be fetched, by URL.
const failures = new Map<string, string>();

async function readLock(core: Core, packages: string): Promise<Lockfile> {
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
function watchFetches(core: Core, lock: Lockfile) {
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
      return counted(name, response);
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

function counted(what: string, response: Response): Response {
  if (!response.body || !response.ok) return response;
  const total = Number(response.headers.get("Content-Length") ?? 0);
  let loaded = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      loaded += chunk.byteLength;
      post({ type: "progress", what, loaded, total });
      controller.enqueue(chunk);
    },
  });
  const { status, headers } = response;
  return new Response(response.body.pipeThrough(count), { status, headers });
}

const addressOf = (file: string) => new URL(file, place || "https://nowhere.invalid/").href;

function packageOf(module: string): string {
  const found = Object.values(distribution.packages).find(({ imports }) =>
    imports.includes(module),
  );
  return found?.name ?? "";
}

async function install(names: string[]) {
  await pyodide.loadPackage(names, {
    messageCallback: () => {},
    errorCallback: () => {}, // says only that something failed; `failures` has the reason
  });
  post({ type: "progress", what: "", loaded: 0, total: 0 });
}

/// Why a package cannot be loaded, as a sentence for the user; "" if no reason is known.
function troubleOf(name: string): string {
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

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /memory/i.test(text) ? `Python ran out of memory (${text})` : text;
}
