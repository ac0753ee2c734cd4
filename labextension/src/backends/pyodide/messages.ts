// The messages between the page and its Python worker.

/// Pyodide's core files, packed as they come. The page keeps them, so that a restart downloads nothing.
export interface Core {
  /// URL of the folder they come from; relative package URLs resolve against it.
  base: string;
  module: Blob;
  wasm: Blob;
  stdlib: Blob;
  /// pyodide-lock.json of the distribution.
  lock: Blob;
  /// The micropip wheel, for which the lock file names another URL.
  micropip: Blob;
}

/// A file by its Contents path.
export interface FileContent {
  path: string;
  data: Uint8Array<ArrayBuffer>;
}

export type ToWorker =
  | {
      type: "start";
      core: Core;
      /// URL of the folder of wheels, ending in a slash; "" for none.
      packages: string;
      /// The interrupt buffer and the acknowledgement byte; null if memory cannot be shared.
      interrupts: SharedArrayBuffer | null;
    }
  | { type: "files"; write: FileContent[]; remove: string[] }
  /// `request`: the runtime's request as JSON. `folder`: the working directory, relative to `ROOT`.
  | { type: "run"; request: string; folder: string }
  | { type: "reset" }
  | { type: "interrupt" }
  | { type: "input"; text: string }
  /// `query`: id, method and parameters as JSON.
  | { type: "query"; query: string }
  /// Make Markdown or a notebook. `body`: an `ExportBody` as JSON.
  | { type: "export"; body: string };

export type FromWorker =
  | { type: "progress"; what: string; loaded: number; total: number }
  /// `methods`: what may be asked by a query, as a JSON array.
  | { type: "ready"; python: string; canWait: boolean; methods: string }
  /// The answer to a query, as JSON.
  | { type: "answer"; answer: string }
  /// The document that was asked for.
  | { type: "exported"; text: string }
  /// A JSON array of events.
  | { type: "events"; text: string }
  /// A run or reset has ended: the files it wrote and removed, and the size of Python's memory in
  /// bytes.
  | { type: "ended"; written: FileContent[]; removed: string[]; memory: number }
  /// Python has crashed, or could not start.
  | { type: "died"; reason: string };

/// The mount point of the Contents root in the worker's file system.
export const ROOT = "/files";
