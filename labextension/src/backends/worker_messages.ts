// What a page and its Python worker say to each other.

/// The interpreter, as files: kept by the page, so that a restart downloads nothing.
export interface Core {
  /// The folder they come from; names of packages that are not absolute addresses start there.
  base: string;
  module: Blob;
  wasm: Blob;
  stdlib: Blob;
  /// The distribution's lock file, JSON.
  lock: Blob;
  /// micropip, a wheel, which the distribution's own lock file would seek elsewhere.
  micropip: Blob;
}

/// A file below the folder of the script; `path` begins there, or above it, as Contents paths do.
export interface FileContent {
  path: string;
  data: Uint8Array<ArrayBuffer>;
}

export type ToWorker =
  | {
      type: "start";
      core: Core;
      /// Where wheels are, ending in a slash; "" where there are none.
      packages: string;
      /// A byte to interrupt by, where the page may share memory.
      interrupts: SharedArrayBuffer | null;
    }
  | { type: "files"; write: FileContent[]; remove: string[] }
  /// `request` is what the runtime is given, in JSON; `folder` where it works.
  | { type: "run"; request: string; folder: string }
  | { type: "reset" }
  | { type: "interrupt" }
  | { type: "input"; text: string };

export type FromWorker =
  | { type: "progress"; what: string; loaded: number; total: number }
  | { type: "ready"; python: string; canWait: boolean }
  /// A JSON array.
  | { type: "events"; text: string }
  /// A run or reset has ended; files that it has written, and the memory Python has now, in bytes.
  | { type: "ended"; written: FileContent[]; removed: string[]; memory: number }
  /// Python is no more.
  | { type: "died"; reason: string };

/// Where the page's files are in the worker's file system.
export const ROOT = "/files";
