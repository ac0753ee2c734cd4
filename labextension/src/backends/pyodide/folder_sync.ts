// The files that a script in the browser can read, and where the files it writes are stored.
import type { FileContent } from "./messages";

/// A file in its store. `version` changes with the content.
export interface FolderFile {
  path: string;
  size: number;
  version: string;
}

/// A store of files for scripts. Paths are Contents paths; every method rejects if the store cannot
/// be reached.
export interface ScriptFiles {
  /// All files below a folder, recursively.
  list(folder: string): Promise<FolderFile[]>;
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /// Absent if the store is read-only for scripts.
  write?(path: string, data: Uint8Array<ArrayBuffer>): Promise<void>;
  remove?(path: string): Promise<void>;
  /// Keeps the small files of a folder at hand, for a time when the store cannot be reached. Absent
  /// if it always can be.
  remember?(folder: string): Promise<void>;
}

/// Limits for files sent to the worker: larger data needs a server.
export const MAX_FILE_BYTES = 20e6;
export const MAX_FOLDER_BYTES = 100e6;

/// Synchronizes the script's folder to the worker: sends only what changed since the last time.
export class FolderSync {
  private readonly sent = new Map<string, string>();

  constructor(
    private readonly files: ScriptFiles,
    private readonly folder: string,
  ) {}

  /// The differences since the last call. `skipped`: files that are too large. Rejects if the store
  /// cannot be read.
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

  /// Stores what a run wrote and removed, where scripts may write. Rejects if the store cannot be
  /// reached.
  async keep({ written, removed }: { written: FileContent[]; removed: string[] }): Promise<void> {
    const { files } = this;
    if (!files.write || !files.remove) return;
    for (const { path, data } of written) await files.write(path, data);
    for (const path of removed) await files.remove(path);
  }

  /// Call for a new worker, which has no files: everything is sent again.
  forget() {
    this.sent.clear();
  }
}
