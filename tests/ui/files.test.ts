import { describe, expect, it } from "vitest";
import type { Contents, Entry, TextFile } from "../../labextension/src/page/file/contents";
import { ContentsError } from "../../labextension/src/page/file/contents";
import { differences } from "../../labextension/src/page/file/differences";
import { diffLines, textChanges } from "../../labextension/src/editor/diff";
import { ScriptFile } from "../../labextension/src/page/file/script_file";
import { decode, encode } from "../../labextension/src/page/file/encoding";

describe("the text of a file", () => {
  it.each(["", "a", "a\nb\n", "a\r\nb\r\n", "\ufeffa\r\nb", "a\rb\r", "é\f\nb\u2028c\n"])(
    "comes back as it was: %j",
    raw => {
      const { text, format } = decode(raw);
      expect(encode(text, format)).toBe(raw);
      expect(text).not.toMatch(/\r|\ufeff/);
    },
  );

  it("takes the commonest line end where there are several, and says so", () => {
    expect(decode("a\r\nb\r\nc\nd")).toEqual({
      text: "a\nb\nc\nd",
      format: { hasMark: false, lineEnd: "\r\n", isMixed: true },
    });
  });
});

describe("the difference of two texts", () => {
  it("is only the lines that differ", () => {
    expect(diffLines([..."abcdef"], [..."aXcdYZf"])).toEqual([
      { fromA: 1, toA: 2, fromB: 1, toB: 2 },
      { fromA: 4, toA: 5, fromB: 4, toB: 6 },
    ]);
  });

  it("applied to the one gives the other", () => {
    let state = 7;
    const random = (most: number) => (state = (state * 48271) % 2147483647) % most;
    const text = () => Array.from({ length: random(9) }, () => "abc"[random(3)]).join("\n");
    for (let n = 0; n < 3000; n++) {
      const [a, b] = [text(), text()];
      let result = a;
      for (const { from, to, insert } of textChanges(a, b).reverse())
        result = result.slice(0, from) + insert + result.slice(to);
      expect([a, result]).toEqual([a, b]);
    }
  });
});

// A disk with a clock that ticks when told, behind what ScriptFile asks of the Contents API.
class Disk {
  raw: string | null = "one\n";
  time = 1;
  hasHashes = true;

  write(raw: string | null, { tick = true } = {}) {
    this.raw = raw;
    if (tick) this.time += 1;
  }

  entry(hash: boolean): Entry {
    if (this.raw === null) throw new ContentsError(404, "No such file");
    const entry: Entry = {
      name: "a.py",
      path: "a.py",
      type: "file",
      writable: true,
      lastModified: String(this.time),
    };
    return hash && this.hasHashes ? { ...entry, hash: `#${this.raw}` } : entry;
  }

  file(): TextFile {
    return { ...this.entry(true), type: "file", content: this.raw! };
  }

  contents = {
    open: async () => this.file(),
    look: async (_: string, { hash = false } = {}) => this.entry(hash),
    save: async (_: string, content: string) => {
      this.write(content);
      return this.entry(false);
    },
  } as unknown as Contents;
}

function open(disk = new Disk()): [Disk, ScriptFile] {
  return [disk, new ScriptFile(disk.contents, "a.py", disk.file())];
}

describe("saving a script", () => {
  it("writes it, twice in a row as well", async () => {
    const [disk, file] = open();
    expect(await file.save("two\n")).toBe(null);
    expect(await file.save("three\n")).toBe(null);
    expect(disk.raw).toBe("three\n");
  });

  it("never writes over a change made elsewhere", async () => {
    const [disk, file] = open();
    disk.write("theirs\n");
    expect(await file.save("mine\n")).toEqual({ kind: "changed", file: disk.file() });
    expect(disk.raw).toBe("theirs\n");
  });

  it("never writes over a change made within one tick of the clock", async () => {
    const [disk, file] = open();
    disk.write("theirs\n", { tick: false });
    expect(await file.save("mine\n")).toEqual({ kind: "changed", file: disk.file() });
    expect(disk.raw).toBe("theirs\n");
  });

  it("compares contents where the server knows no hashes", async () => {
    const disk = new Disk();
    disk.hasHashes = false;
    const [, file] = open(disk);
    disk.write("one\n");
    expect(await file.save("mine\n")).toBe(null);
    disk.write("theirs\n");
    expect(await file.save("mine again\n")).toEqual({ kind: "changed", file: disk.file() });
  });

  it("writes over the other version once that one was adopted", async () => {
    const [disk, file] = open();
    disk.write("theirs\n");
    file.adopt(disk.file());
    expect(await file.save("mine\n")).toBe(null);
    expect(disk.raw).toBe("mine\n");
  });

  it("writes a file anew that is gone only where that is wanted", async () => {
    const [disk, file] = open();
    disk.write(null);
    expect(await file.look()).toEqual({ kind: "gone" });
    expect(await file.save("mine\n")).toEqual({ kind: "gone" });
    expect(disk.raw).toBe(null);
    expect(await file.save("mine\n", { anew: true })).toBe(null);
    expect(disk.raw).toBe("mine\n");
  });

  it("keeps the byte order mark and the line ends", async () => {
    const disk = new Disk();
    disk.raw = "\ufeffone\r\ntwo\r\n";
    const [, file] = open(disk);
    expect(file.text).toBe("one\ntwo\n");
    await file.save("one\ntwo\nthree\n");
    expect(disk.raw).toBe("\ufeffone\r\ntwo\r\nthree\r\n");
  });

  it("is not troubled by a touched file", async () => {
    const [disk, file] = open();
    disk.write("one\n");
    expect(await file.look()).toBe(null);
    expect(await file.save("two\n")).toBe(null);
  });
});

it("compares long texts by their lines, and short changes by characters", () => {
  const before = Array.from({ length: 2000 }, (_, n) => `value_${n} = ${n} * 2`);
  const after = before.map((line, n) => (n % 10 ? line : line.replace("* 2", "+ 1")));
  const [a, b] = [before.join("\n"), after.join("\n")];
  const found = differences(a, b);
  expect(found.length).toBeGreaterThanOrEqual(200);
  let [text, at] = ["", 0];
  for (const { fromA, toA, fromB, toB } of found) {
    expect(toA - fromA).toBeLessThan(10);
    text += a.slice(at, fromA) + b.slice(fromB, toB);
    at = toA;
  }
  expect(text + a.slice(at)).toBe(b);
});
