// Files in this browser's IndexedDB, for a static site. The site's examples are listed too,
// read-only; a saved file of the same path replaces its example.
import { ContentsError, type Entry, type Files, type TextFile } from "./contents";
import { baseName } from "../config";

const STORE = "files";
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface Kept {
  path: string;
  data: Uint8Array<ArrayBuffer>;
  /// In milliseconds since the epoch, strictly increasing: it serves as the version.
  modified: number;
}

export interface Example {
  path: string;
  size: number;
}

/// A store of files in IndexedDB. Methods reject with a `ContentsError`, or with the database's
/// `DOMException`.
export class IndexedDBFiles implements Files {
  /// Called after each write, with the path.
  onSaved: (path: string) => void = () => {};
  private opened: Promise<IDBDatabase> | null = null;

  /// `examplesUrl`: the folder of the examples, ending in a slash.
  constructor(
    private readonly examplesUrl = "",
    private readonly examples: readonly Example[] = [],
    private readonly name = "rdit",
  ) {}

  async open(path: string): Promise<TextFile> {
    const { entry, data } = await this.find(path);
    try {
      return { ...entry, content: decoder.decode(data) };
    } catch {
      throw new ContentsError(400, `${entry.name} is not UTF-8 text.`);
    }
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.find(path)).data;
  }

  async look(path: string): Promise<Entry> {
    const kept = await this.get(path);
    if (kept) return entryOf(kept);
    const example = this.examples.find(example => example.path === path);
    if (example) return exampleEntry(example);
    throw missing(path);
  }

  async list(folder: string): Promise<Entry[]> {
    const found = new Map<string, Entry>();
    const start = folder && `${folder}/`;
    for (const entry of await this.all()) {
      if (!entry.path.startsWith(start)) continue;
      const [name, ...below] = entry.path.slice(start.length).split("/");
      if (!below.length) found.set(name!, entry);
      else found.set(name!, folderEntry(`${start}${name}`));
    }
    return [...found.values()];
  }

  /// All files: saved ones and examples.
  async all(): Promise<Entry[]> {
    const kept = await this.do<Kept[]>("readonly", store => store.getAll());
    const paths = new Set(kept.map(({ path }) => path));
    const below = this.examples.filter(({ path }) => !paths.has(path));
    return [...below.map(exampleEntry), ...kept.map(entryOf)];
  }

  async save(path: string, content: string): Promise<Entry> {
    return this.write(path, new TextEncoder().encode(content));
  }

  async write(path: string, data: Uint8Array<ArrayBuffer>): Promise<Entry> {
    const old = await this.get(path);
    const modified = Math.max(Date.now(), (old?.modified ?? 0) + 1);
    const kept = { path, data, modified };
    try {
      await this.do("readwrite", store => store.put(kept));
    } catch (error) {
      const reason =
        error instanceof DOMException && error.name === "QuotaExceededError"
          ? "This browser has no room for it."
          : `This browser cannot keep it (${String(error)}).`;
      throw new ContentsError(507, reason);
    }
    // Asks for persistent storage: without it the browser may evict the data when the disk is full.
    // It may decline.
    void navigator.storage?.persist?.();
    this.onSaved(path);
    return entryOf(kept);
  }

  async remove(path: string): Promise<void> {
    await this.do("readwrite", store => store.delete(path));
  }

  /// Whether the file is in IndexedDB, not only an example.
  async isKept(path: string): Promise<boolean> {
    return !!(await this.get(path));
  }

  private async find(path: string): Promise<{ entry: Entry; data: Uint8Array<ArrayBuffer> }> {
    const kept = await this.get(path);
    if (kept) return { entry: entryOf(kept), data: kept.data };
    const example = this.examples.find(example => example.path === path);
    if (!example) throw missing(path);
    const response = await fetch(`${this.examplesUrl}${encodeURI(path)}`).catch(() => null);
    if (!response?.ok) throw new ContentsError(0, `${path} cannot be loaded now.`);
    return { entry: exampleEntry(example), data: new Uint8Array(await response.arrayBuffer()) };
  }

  private get(path: string): Promise<Kept | undefined> {
    return this.do<Kept | undefined>("readonly", store => store.get(path));
  }

  private async do<Value>(
    mode: IDBTransactionMode,
    ask: (store: IDBObjectStore) => IDBRequest,
  ): Promise<Value> {
    const database = await (this.opened ??= this.openDatabase());
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      // Resolve on completion of the transaction, not of the request: until then it may abort
      // (quota).
      transaction.oncomplete = () => resolve(request.result as Value);
      transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  }

  private openDatabase(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "path" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () =>
        reject(new ContentsError(507, "This browser keeps no files for this page."));
    });
  }
}

const missing = (path: string) => new ContentsError(404, `There is no ${path} in this browser.`);

const entryOf = ({ path, data, modified }: Kept): Entry => ({
  name: baseName(path),
  path,
  type: "file",
  writable: true,
  lastModified: new Date(modified).toISOString(),
  size: data.byteLength,
});

const exampleEntry = ({ path, size }: Example): Entry => ({
  name: baseName(path),
  path,
  type: "file",
  writable: true,
  lastModified: "",
  size,
});

const folderEntry = (path: string): Entry => ({
  name: baseName(path),
  path,
  type: "directory",
  writable: true,
  lastModified: "",
});
