// Files in the worker: those that the page sends, and those that a run has written or removed.
import type { PyodideAPI } from "pyodide";
import { ROOT, type FileContent } from "./messages";

// Limits for finding what a run wrote: number of files compared, and size of a file that is sent
// back.
const MAX_FILES = 2_000;
const MAX_KEPT_BYTES = 50e6;

/// Writes and removes files.
export function putFiles({ FS }: PyodideAPI, write: FileContent[], remove: string[]) {
  for (const { path, data } of write) {
    const place = `${ROOT}/${path}`;
    FS.mkdirTree(place.slice(0, place.lastIndexOf("/")));
    FS.writeFile(place, data);
  }
  for (const path of remove) {
    const { exists } = FS.analyzePath(`${ROOT}/${path}`);
    if (exists) FS.unlink(`${ROOT}/${path}`);
  }
}

type Seen = Map<string, { time: number; size: number }>;

/// The files in a folder, as they are now.
export function look(pyodide: PyodideAPI, folder: string, seen: Seen = new Map()): Seen {
  const { FS } = pyodide;
  for (const name of FS.readdir(folder)) {
    if (name === "." || name === ".." || name === "__pycache__" || seen.size > MAX_FILES) continue;
    const path = `${folder}/${name}`;
    const { mode, mtime, size } = FS.lstat(path);
    if (FS.isDir(mode)) look(pyodide, path, seen);
    else if (FS.isFile(mode)) seen.set(path, { time: +mtime, size });
  }
  return seen;
}

/// What was written and removed between two looks, by Contents paths.
export function compare({ FS }: PyodideAPI, before: Seen, after: Seen) {
  const written: FileContent[] = [];
  for (const [path, { time, size }] of after) {
    const old = before.get(path);
    if ((old?.time === time && old.size === size) || size > MAX_KEPT_BYTES) continue;
    // A copy, because its buffer is transferred to the page.
    const data = FS.readFile(path).slice() as Uint8Array<ArrayBuffer>;
    written.push({ path: path.slice(ROOT.length + 1), data });
  }
  const removed = [...before.keys()].filter(path => !after.has(path));
  return { written, removed: removed.map(path => path.slice(ROOT.length + 1)) };
}
