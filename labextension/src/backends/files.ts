// The files that a script in the browser can read, and where those go that it writes.
import type { FileContent } from "./worker_messages";

/// A file as its keeper knows it. `version` changes when the content does.
export interface FolderFile {
  path: string;
  size: number;
  version: string;
}

export interface ScriptFiles {
  /// All files of a folder and of those in it.
  list(folder: string): Promise<FolderFile[]>;
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /// Absent where what a script writes cannot be kept.
  write?(path: string, data: Uint8Array<ArrayBuffer>): Promise<void>;
  remove?(path: string): Promise<void>;
}

/// What a script in the browser is given at most; data beyond that is for a server.
export const MAX_FILE_BYTES = 20e6;
export const MAX_FOLDER_BYTES = 100e6;

/// Files of the script's folder on their way to its worker: only what changed since they were last sent.
export class FolderSync {
  private readonly sent = new Map<string, string>();

  constructor(
    private readonly files: ScriptFiles,
    private readonly folder: string,
  ) {}

  /// What the worker must be told. `skipped`: too large to be sent.
  async changes(): Promise<{ write: FileContent[]; remove: string[]; skipped: string[] }> {
    const found = await this.files.list(this.folder);
    const skipped: string[] = [];
    let room = MAX_FOLDER_BYTES;
    const wanted: FolderFile[] = [];
    const present = new Set(found.map(({ path }) => path));
    for (const file of found) {
      if (file.size > MAX_FILE_BYTES || file.size > room) {
        skipped.push(file.path);
        continue;
      }
      room -= file.size;
      if (this.sent.get(file.path) !== file.version) wanted.push(file);
    }
    const write = await Promise.all(
      wanted.map(async ({ path, version }) => {
        const data = await this.files.read(path);
        this.sent.set(path, version);
        return { path, data };
      }),
    );
    const remove = [...this.sent.keys()].filter(path => !present.has(path));
    for (const path of remove) this.sent.delete(path);
    return { write, remove, skipped };
  }

  /// A new worker knows nothing yet.
  forget() {
    this.sent.clear();
  }
}
