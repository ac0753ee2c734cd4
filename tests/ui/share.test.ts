import { describe, expect, it } from "vitest";
import { packScript, unpackScript } from "../../labextension/src/page/share";

describe("a script in an address", () => {
  it.each(["", "2 + 2\n", "'é\u{1F600}' # \u2028\n", "x = 1\n".repeat(5000)])(
    "comes back as it was: %#",
    async text => {
      const fragment = await packScript({ name: "a b.py", text });
      expect(fragment).toMatch(/^#script=[\w-]*&name=a\+b\.py$/);
      expect(await unpackScript(fragment)).toEqual({ name: "a b.py", text });
    },
  );

  it("is short: text is packed", async () => {
    const fragment = await packScript({ name: "a.py", text: "print('again')\n".repeat(1000) });
    expect(fragment.length).toBeLessThan(300);
  });

  it.each(["", "#", "#name=a.py", "#script=!!!", "#script=AAAA"])("is none: %s", async fragment => {
    expect(await unpackScript(fragment)).toBeNull();
  });

  it("brings a name and never a path", async () => {
    for (const name of ["../../a.py", "/etc/a.py", "x\\a.py"]) {
      const fragment = await packScript({ name, text: "1" });
      expect((await unpackScript(fragment))!.name).toBe("a.py");
    }
  });
});
