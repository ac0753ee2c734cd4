// The interpreter's files: fetched once with progress in bytes, kept by the browser, held by the page so
// that Python can start when nothing answers any more.
import type { Core } from "./worker_messages";

/// What the build has put beside the page: names and sizes, in a folder whose name changes with them.
declare const __PYODIDE__: { folder: string; files: Record<string, number> };

export interface Progress {
  /// What is being loaded, for a person.
  what: string;
  loaded: number;
  /// 0 where it is not known.
  total: number;
}

const NAMES = {
  module: "pyodide.asm.mjs",
  wasm: "pyodide.asm.wasm",
  stdlib: "python_stdlib.zip",
  lock: "pyodide-lock.json",
} as const;
const TYPES: Record<string, string> = {
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

let shared: Promise<Core> | null = null;
const listeners = new Set<(progress: Progress) => void>();

/// The files, from memory, the browser's cache or the network. All callers share one download; one that
/// failed may be tried again.
export function loadCore(
  staticUrl: string,
  onProgress?: (progress: Progress) => void,
): Promise<Core> {
  if (onProgress) listeners.add(onProgress);
  shared ??= download(staticUrl).catch((error: unknown) => {
    shared = null;
    throw error;
  });
  const done = () => onProgress && listeners.delete(onProgress);
  return shared.finally(done);
}

async function download(staticUrl: string): Promise<Core> {
  const { folder, files } = __PYODIDE__;
  const base = new URL(folder, staticUrl).href;
  const micropip = Object.keys(files).find(name => name.startsWith("micropip"))!;
  const cache = await openCache(folder);
  const total = Object.values(files).reduce((sum, size) => sum + size, 0);
  let loaded = 0;
  const count = (bytes: number) => {
    loaded += bytes;
    for (const listener of listeners) listener({ what: "Python", loaded, total });
  };
  const get = (name: string) => fetchFile(base, name, cache, count);
  const [module, wasm, stdlib, lock, wheel] = await Promise.all([
    ...Object.values(NAMES).map(get),
    get(micropip),
  ]);
  return { base, module: module!, wasm: wasm!, stdlib: stdlib!, lock: lock!, micropip: wheel! };
}

// Not only the browser's ordinary cache: that one keeps no large files in a private window, and forgets
// when it likes. Absent on a page that is not served securely: then the ordinary cache has to do.
async function openCache(folder: string): Promise<Cache | null> {
  try {
    const name = `rdit ${folder}`;
    for (const old of await caches.keys())
      if (old.startsWith("rdit pyodide/") && old !== name) await caches.delete(old);
    return await caches.open(name);
  } catch {
    return null;
  }
}

async function fetchFile(
  base: string,
  name: string,
  cache: Cache | null,
  count: (bytes: number) => void,
): Promise<Blob> {
  const isPacked = `${name}.gz` in __PYODIDE__.files;
  const address = `${base}${name}${isPacked ? ".gz" : ""}`;
  let response = await cache?.match(address);
  if (!response) {
    response = await fetch(address);
    if (!response.ok) throw new Error(`${address} answers ${response.status}`);
    await cache?.put(address, response.clone()).catch(() => {}); // the disk is full: go on without
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    count(value.byteLength);
    parts.push(value);
  }
  const type = TYPES[name.slice(name.lastIndexOf("."))] ?? "";
  const blob = new Blob(parts, { type });
  return isPacked && (await isGzip(blob)) ? unpack(blob, type) : blob;
}

// Some servers say of a .gz file that it is encoded so, and the browser has unpacked it already.
async function isGzip(blob: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}

async function unpack(blob: Blob, type: string): Promise<Blob> {
  const stream = blob.stream().pipeThrough(new DecompressionStream("gzip"));
  return new Blob([await new Response(stream).arrayBuffer()], { type });
}
