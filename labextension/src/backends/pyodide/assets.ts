// Pyodide's core files: downloaded once with progress, stored in the browser's Cache API, and kept
// in memory, so that Python can start offline.
import type { Core } from "./messages";

/// Defined by the build: file names and sizes, and a folder name that changes with their content.
declare const __PYODIDE__: { folder: string; files: Record<string, number> };

export interface Progress {
  /// What is being downloaded, for the user.
  what: string;
  loaded: number;
  /// In bytes; 0 if unknown.
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

/// The core files, from memory, the Cache API or the network. All callers share one download.
/// Rejects if it fails; the next call tries again.
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

// The Cache API, since the HTTP cache may not store large files in a private window, and evicts at
// will. Null in an insecure context, where the HTTP cache must do.
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
    await cache?.put(address, response.clone()).catch(() => {}); // the disk is full: go on uncached
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
  return new Blob(parts, { type });
}
