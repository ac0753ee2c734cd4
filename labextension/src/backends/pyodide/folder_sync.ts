// The files that a script in the browser can read, and where the files it writes are stored.
import type { FileContent, ToWorker } from "./messages";

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

/// The files of one worker's runs: the script's folder before a run, what the run wrote after it.
export class FolderSync {
  /// The script's folder, a Contents path.
  readonly folder: string;
  private readonly sent = new Map<string, string>();

  /// `path`: of the script. `say` is called with a sentence for the user when something fails; the
  /// run goes on all the same.
  constructor(
    private readonly files: ScriptFiles | null,
    private readonly path: string,
    private readonly say: (message: string) => void,
  ) {
    this.folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  }

  /// What the worker needs for this run: of the folder what has changed since the last one, and the
  /// text that runs at the script's own path, so that a script that reads its file finds that.
  async before(request: object): Promise<ToWorker[]> {
    const messages: ToWorker[] = [];
    try {
      const { write, remove, skipped } = await this.changes();
      if (write.length || remove.length) messages.push({ type: "files", write, remove });
      if (skipped.length) this.say(`Too large for Python in the browser: ${skipped.join(", ")}.`);
    } catch (error) {
      const reason = error instanceof Error ? ` (${error.message})` : "";
      this.say(`The files beside the script cannot be read now${reason}.`);
    }
    if ("script" in request) {
      const data = new TextEncoder().encode(String(request.script));
      messages.push({ type: "files", write: [{ path: this.path, data }], remove: [] });
    }
    return messages;
  }

  /// Stores what a run wrote and removed, where scripts may write.
  async after({ written, removed }: { written: FileContent[]; removed: string[] }): Promise<void> {
    const { files } = this;
    if (!files?.write || !files.remove) return;
    try {
      for (const { path, data } of written) await files.write(path, data);
      for (const path of removed) await files.remove(path);
    } catch (error) {
      this.say(`What the script wrote could not be kept: ${String(error)}`);
    }
  }

  /// The differences since the last call. `skipped`: files that are too large.
  private async changes(): Promise<{ write: FileContent[]; remove: string[]; skipped: string[] }> {
    const { files } = this;
    if (!files) return { write: [], remove: [], skipped: [] };
    const found = await files.list(this.folder);
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
        const data = await files.read(path);
        this.sent.set(path, version);
        return { path, data };
      }),
    );
    const remove = [...this.sent.keys()].filter(path => !present.has(path));
    for (const path of remove) this.sent.delete(path);
    return { write, remove, skipped };
  }
}
