// One script on the server's disk and the version of it that this page began from. It decides whether a
// save may write; it knows neither the editor nor how one asks a person.
import type { Entry, Files, TextFile } from "./contents";
import { ContentsError } from "./contents";
import { decode, encode, type TextFormat } from "./text";

/// What else became of the file since this page last read or wrote it.
export type Elsewhere = { kind: "changed"; file: TextFile } | { kind: "gone" };

/// The version a page began from. Just after a save the hash is not known.
export interface Version {
  raw: string;
  lastModified: string;
  hash?: string;
}

/// Whether the file at hand may differ from `version`, so that its content must be compared. A time
/// alone cannot tell two writes of one clock tick apart; a hash can.
export function mayDiffer(version: Version, entry: Entry): boolean {
  if (version.hash && entry.hash) return version.hash !== entry.hash;
  return version.lastModified !== entry.lastModified;
}

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

  /// Begin from this version of the file: the next save may replace it.
  adopt(file: TextFile) {
    this.isWritable = file.writable;
    this.version = { raw: file.content, lastModified: file.lastModified, hash: file.hash };
    ({ text: this.text, format: this.format } = decode(file.content));
  }

  /// What happened to the file elsewhere; null if nothing did. `closely` catches also a write within
  /// one tick of the file system's clock, at the price of a read on the server.
  async look({ closely = false } = {}): Promise<Elsewhere | null> {
    const version = this.version;
    try {
      const entry = await this.contents.look(this.path, { hash: closely });
      if (!mayDiffer(version, entry)) {
        if (version === this.version && entry.hash) version.hash ??= entry.hash;
        return null;
      }
      const file = await this.contents.open(this.path);
      if (version !== this.version) return null; // saved from here meanwhile
      if (file.content !== version.raw) return { kind: "changed", file };
      this.version = { raw: version.raw, lastModified: file.lastModified, hash: file.hash };
      return null;
    } catch (error) {
      if (error instanceof ContentsError && error.status === 404) return { kind: "gone" };
      throw error;
    }
  }

  /// Writes the text, unless the file was changed or deleted elsewhere: then nothing is written and that is
  /// said. With `anew` a file that is gone is written again.
  async save(text: string, { anew = false } = {}): Promise<Elsewhere | null> {
    const elsewhere = await this.look({ closely: true });
    // A script that came with an address, or with the site, has no file before its first save.
    const isNew = this.version.lastModified === "";
    if (elsewhere?.kind === "changed" || (elsewhere && !anew && !isNew)) return elsewhere;
    const raw = encode(text, this.format);
    const { lastModified } = await this.contents.save(this.path, raw);
    this.version = { raw, lastModified };
    this.text = text;
    return null;
  }
}
