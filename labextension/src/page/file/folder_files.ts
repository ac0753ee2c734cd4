// The files that Python in this browser sees: the script's folder, on the server or in this
// browser's storage.
import type { FolderFile, ScriptFiles } from "../../backends/pyodide/folder_sync";
import { ContentsError, type Entry, type Files } from "./contents";
import { IndexedDBFiles } from "./indexeddb_files";

// Limits of a listing: before each run, each folder costs one request to the server.
const MAX_ENTRIES = 1_000;
const MAX_FOLDERS = 20;
// Limits for file contents kept in memory, for use while the server is away: modules and small
// data.
const MAX_HELD_BYTES = 1e6;
const MAX_ALL_HELD_BYTES = 10e6;

const SKIPPED = /(^|\/)(__pycache__|node_modules|\.[^/]*)$/;

/// The files for scripts in a store: writable in the browser's storage, read-only on a server.
export const folderFiles = (files: Files): ScriptFiles =>
  files instanceof IndexedDBFiles ? storedFolder(files) : new ServedFolder(files);

/// Folders in this browser's storage, which a script can also write.
function storedFolder(files: IndexedDBFiles): ScriptFiles {
  return {
    async list(folder) {
      const start = folder && `${folder}/`;
      const all = await files.all();
      return all.filter(({ path }) => path.startsWith(start)).map(asFile);
    },
    read: path => files.read(path),
    write: async (path, data) => void (await files.write(path, data)),
    remove: path => files.remove(path),
  };
}

/// Folders of a server, read-only. While the server does not answer, serves the files kept in
/// memory.
class ServedFolder implements ScriptFiles {
  private listed = new Map<string, FolderFile[]>();
  private held = new Map<string, { version: string; data: Uint8Array<ArrayBuffer> }>();

  constructor(private readonly files: Files) {}

  async list(folder: string): Promise<FolderFile[]> {
    try {
      const found: FolderFile[] = [];
      await this.walk(folder, found);
      this.listed.set(folder, found);
      return found;
    } catch (error) {
      const known = this.listed.get(folder);
      if (!isGone(error) || !known) throw error;
      return known.filter(({ path, version }) => this.held.get(path)?.version === version);
    }
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const version = [...this.listed.values()].flat().find(file => file.path === path)?.version;
    const held = this.held.get(path);
    if (held && held.version === version) return held.data;
    const data = await this.files.read(path);
    if (version !== undefined && data.byteLength <= MAX_HELD_BYTES)
      this.held.set(path, { version, data });
    return data;
  }

  /// Prefetches the small files of a folder into memory. Rejects if the server does not answer.
  async remember(folder: string) {
    let room = MAX_ALL_HELD_BYTES;
    for (const { path, size } of await this.list(folder)) {
      if (size > MAX_HELD_BYTES || size > room) continue;
      room -= size;
      await this.read(path);
    }
  }

  /// Breadth-first, so that the limits cut off the deepest folders.
  private async walk(folder: string, found: FolderFile[]) {
    const folders = [folder];
    for (let count = 0; count < MAX_FOLDERS && folders.length; count++) {
      for (const entry of await this.files.list(folders.shift()!)) {
        if (found.length >= MAX_ENTRIES) return;
        if (SKIPPED.test(entry.path)) continue;
        if (entry.type === "directory") folders.push(entry.path);
        else found.push(asFile(entry));
      }
    }
  }
}

const isGone = (error: unknown) =>
  error instanceof ContentsError && (error.status === 0 || error.status >= 500);

const asFile = ({ path, size, lastModified }: Entry): FolderFile => ({
  path,
  size: size ?? 0,
  version: `${lastModified} ${size}`,
});
