// One script on disk, and the version of it that the page is based on (optimistic locking). Decides
// whether a save may overwrite; knows neither the editor nor the dialogs.
import type { Entry, Files, TextFile } from "./contents";
import { ContentsError } from "./contents";
import { decode, encode, type TextFormat } from "./encoding";

/// A change by others since this page last read or wrote the file.
export type DiskChange = { kind: "changed"; file: TextFile } | { kind: "gone" };

/// The version that the page is based on. After a save its hash is unknown.
interface Version {
  raw: string;
  lastModified: string;
  hash?: string;
}

/// Whether the file may differ from `version`, so that the content must be compared. Two writes
/// within one tick of the file system's clock have the same time, but different hashes.
function mayDiffer(version: Version, entry: Entry): boolean {
  if (version.hash && entry.hash) return version.hash !== entry.hash;
  return version.lastModified !== entry.lastModified;
}

/// A file on disk with the version that the page is based on.
export class ScriptFile {
  format: TextFormat;
  text: string;
  isWritable: boolean;
  private version: Version;

  constructor(
    private readonly contents: Files,
    readonly path: string,
    file: TextFile,
  ) {
    this.isWritable = file.writable;
    this.version = { raw: file.content, lastModified: file.lastModified, hash: file.hash };
    ({ text: this.text, format: this.format } = decode(file.content));
  }

  /// Makes this version the base: the next save may overwrite it.
  adopt(file: TextFile) {
    this.isWritable = file.writable;
    this.version = { raw: file.content, lastModified: file.lastModified, hash: file.hash };
    ({ text: this.text, format: this.format } = decode(file.content));
  }

  /// The change by others; null if there is none. `closely`: compare hashes, which also detects a
  /// second write within one tick of the clock, but makes the server read the file. Rejects with a
  /// `ContentsError` if the server cannot be asked.
  async look({ closely = false } = {}): Promise<DiskChange | null> {
    const version = this.version;
    try {
      const entry = await this.contents.look(this.path, { hash: closely });
      if (!mayDiffer(version, entry)) {
        if (version === this.version && entry.hash) version.hash ??= entry.hash;
        return null;
      }
      const file = await this.contents.open(this.path);
      if (version !== this.version) return null; // race: saved from here meanwhile
      if (file.content !== version.raw) return { kind: "changed", file };
      this.version = { raw: version.raw, lastModified: file.lastModified, hash: file.hash };
      return null;
    } catch (error) {
      if (error instanceof ContentsError && error.status === 404) return { kind: "gone" };
      throw error;
    }
  }

  /// Writes the text and resolves with null; or, if others changed or deleted the file, writes
  /// nothing and resolves with that change. `anew`: create a deleted file again. Rejects with a
  /// `ContentsError`.
  async save(text: string, { anew = false } = {}): Promise<DiskChange | null> {
    const change = await this.look({ closely: true });
    // A shared script or an example has no file before its first save.
    const isNew = this.version.lastModified === "";
    if (change?.kind === "changed" || (change && !anew && !isNew)) return change;
    const raw = encode(text, this.format);
    const { lastModified } = await this.contents.save(this.path, raw);
    this.version = { raw, lastModified };
    this.text = text;
    return null;
  }
}
