// The worker: Pyodide with the modules of `rdit_ext/runtime`, unchanged. The page sends it one
// request at a time; it has no queue, and knows neither editor nor server.
import { loadPyodide, type PyodideAPI } from "pyodide";
import type { PyProxy } from "pyodide/ffi";
import type { Progress } from "./assets";
import { unpacked } from "../packed";
import { ROOT, type Core, type FromWorker, type ToWorker } from "./messages";
import { install, packageOf, readLock, troubleOf, watchFetches } from "./packages";
import { compare, look, putFiles } from "./worker_files";

const SOURCES = import.meta.glob<string>("../../../../rdit_ext/runtime/*.py", {
  query: "?raw",
  import: "default",
  eager: true,
});

// What makes documents is a part of the same package in here.
const DOCUMENTS = import.meta.glob<string>(
  "../../../../rdit_ext/documents/{text_documents,segments,markdown,html_tags,moved_addresses,notebook}.py",
  { query: "?raw", import: "default", eager: true },
);

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

const report = (progress: Progress) => post({ type: "progress", ...progress });

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
      return putFiles(pyodide, message.write, message.remove);
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
    case "export":
      return post({ type: "exported", text: documents().text_document_of_json(message.body) });
    default:
      message satisfies never;
  }
}

// -- beginning

async function unpackedCore(packed: Core): Promise<Core> {
  const of = (blob: Blob) => unpacked(blob, blob.type);
  const [module, wasm, lock] = await Promise.all([
    of(packed.module),
    of(packed.wasm),
    of(packed.lock),
  ]);
  return { ...packed, module, wasm, lock };
}

async function start({ core: packed, packages, interrupts }: ToWorker & { type: "start" }) {
  const core = await unpackedCore(packed);
  const lock = await readLock(core, packages);
  watchFetches(core, lock, report);
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
  for (const [path, source] of Object.entries({ ...SOURCES, ...DOCUMENTS })) {
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
    install: (names: string[]) => install(pyodide, names, report),
    packageOf,
    troubleOf,
    interruptAgain,
    acknowledge,
  });
}

function documents() {
  return pyodide.pyimport("_rdit.text_documents") as {
    text_document_of_json(body: string): string;
  };
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
  const before = look(pyodide, place);
  isRunning = true;
  try {
    await host.run(request);
  } finally {
    isRunning = false;
  }
  const { written, removed } = compare(pyodide, before, look(pyodide, place));
  post(
    { type: "ended", written, removed, memory: memory() },
    written.map(({ data }) => data.buffer),
  );
}

function send(text: string) {
  post({ type: "events", text });
}

function memory(): number {
  const { HEAPU8 } = (pyodide as unknown as { _module: { HEAPU8: Uint8Array } })._module;
  return HEAPU8.byteLength;
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /memory/i.test(text) ? `Python ran out of memory (${text})` : text;
}
