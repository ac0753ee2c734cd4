// Keys: their names, what a press is, and which clash.
import { describe, expect, it } from "vitest";
import {
  clashes,
  isForWriting,
  isKey,
  pressedKey,
  sameKey,
} from "../../labextension/src/session/key_presses";
import { ariaKeys, keyHere, keyNames, keyText } from "../../labextension/src/session/keys";

const press = (key: string, held = "", code = "") => ({
  key,
  code,
  ctrlKey: held.includes("C"),
  altKey: held.includes("A"),
  shiftKey: held.includes("S"),
  metaKey: held.includes("M"),
  getModifierState: (name: string) => name === "AltGraph" && held.includes("G"),
});

describe("a key press", () => {
  it.each([
    [press("Enter", "S"), "Shift-Enter", "Shift-Enter"],
    [press("Enter", "C"), "Mod-Enter", "Ctrl-Enter"],
    [press("Enter", "M"), "Meta-Enter", "Mod-Enter"],
    [press("P", "CS", "KeyP"), "Mod-Shift-p", "Ctrl-Shift-p"],
    [press("F9"), "F9", "F9"],
    [press("F9", "CAS"), "Mod-Alt-Shift-F9", "Ctrl-Alt-Shift-F9"],
    [press("ArrowUp", "A"), "Alt-ArrowUp", "Alt-ArrowUp"],
    [press(" ", "C"), "Mod-Space", "Ctrl-Space"],
    [press("1", "C", "Digit1"), "Mod-1", "Ctrl-1"],
    [press("!", "CS", "Digit1"), "Mod-Shift-1", "Ctrl-Shift-1"],
    [press("?", "CS", "Slash"), "Mod-?", "Ctrl-?"],
    [press("-", "C", "Minus"), "Mod--", "Ctrl--"],
    [press("ö", "C", "Semicolon"), "Mod-ö", "Ctrl-ö"],
    [press("π", "A", "KeyP"), "Alt-π", "Alt-p"],
  ])("%o is %s, and on a Mac %s", (event, other, mac) => {
    expect(pressedKey(event, false)).toBe(other);
    expect(pressedKey(event, true)).toBe(mac);
  });

  it.each(["Shift", "Control", "Alt", "Meta", "AltGraph", "Dead"])("of %s alone is none", key =>
    expect(pressedKey(press(key, "S"), false)).toBeNull(),
  );

  it("with AltGr writes a character, and is none", () =>
    expect(pressedKey(press("@", "CAG", "KeyQ"), false)).toBeNull());
});

it.each(["a", "Shift-a", "?", "Enter", "Tab", "Shift-Tab", "Escape", "Space", "ArrowUp", "Home"])(
  "%s is needed to write",
  key => expect(isForWriting(key)).toBe(true),
);
it.each(["F9", "Shift-F9", "Shift-Enter", "Mod-a", "Alt-Enter", "Ctrl-Space", "Mod--", "Mod-Home"])(
  "%s is free for a command",
  key => expect(isForWriting(key)).toBe(false),
);

describe("on a Mac, where Option types characters", () => {
  it.each(["Alt-l", "Shift-Alt-f", "Alt-Shift-g", "Alt-1", "Alt--"])("%s", key => {
    expect(isForWriting(key, true)).toBe(true);
    expect(isForWriting(key, false)).toBe(false);
    // Another keyboard of the same user has it.
    expect(isKey(key)).toBe(true);
    expect(keyHere(key, false)).toBe(key);
    expect(keyHere(key, true)).toBe(`Ctrl-${key}`);
    expect(isForWriting(keyHere(key, true), true)).toBe(false);
  });

  it.each(["Alt-Enter", "Mod-Alt-l", "Alt-ArrowUp", "Alt-F8", "Mod-k Mod-s", "a"])(
    "%s is as it is",
    key => expect(keyHere(key, true)).toBe(key),
  );
});

it.each(["F9", "Mod-Alt-g", "Mod--", "Ctrl-ö", "Mod-k Mod-s", "Alt-ArrowUp", "Meta-Enter"])(
  "%s can be bound",
  key => expect(isKey(key)).toBe(true),
);
it.each(["", "x", "Foo-x", "Mod-", "Mod-k", "Mod-j Mod-x", "Mod-k Mod-k Mod-k", "Mod-k x", "F9 "])(
  "%s cannot be bound, whoever wrote it into the file",
  key => expect(isKey(key)).toBe(false),
);

it.each([
  ["Mod-Shift-p", "Shift-Ctrl-p", false],
  ["Mod-Shift-p", "Shift-Meta-p", true],
  ["Alt-A", "Shift-Alt-a", false],
  ["Mod-k Mod-s", "Ctrl-k Ctrl-s", false],
  ["Mod--", "Ctrl--", false],
])("%s is %s", (one, other, mac) => expect(sameKey(one, mac)).toBe(sameKey(other, mac)));

describe("clashes", () => {
  const bound = (keys: Record<string, string[]>) =>
    Object.entries(keys).map(([id, keys]) => ({ id, keys }));

  it("are none where each has its own", () =>
    expect(clashes(bound({ a: ["F9", "Mod-a"], b: ["Mod-Shift-a"], c: [] }), false)).toEqual(
      new Map(),
    ));

  it("are found in any spelling, and only where the keyboard has one key for both", () => {
    const keys = bound({ a: ["Mod-Enter"], b: ["F9", "Ctrl-Enter"] });
    expect(clashes(keys, false)).toEqual(new Map([["Ctrl-Enter", ["a", "b"]]]));
    expect(clashes(keys, true)).toEqual(new Map());
  });

  it("are found where one key begins the two strokes of another", () =>
    expect([...clashes(bound({ a: ["Mod-k"], b: ["Mod-k Mod-s"] }), false)]).toEqual([
      ["Ctrl-k", ["a", "b"]],
    ]));

  it("are none of a command with itself", () =>
    expect(clashes(bound({ a: ["F9", "F9"] }), false)).toEqual(new Map()));
});

it("names keys as they are on the keyboard, and for screen readers", () => {
  expect(keyNames("Mod-k Mod-s")).toEqual([
    ["Ctrl", "K"],
    ["Ctrl", "S"],
  ]);
  expect(keyText("Mod-Alt-ArrowRight")).toBe("Ctrl+Alt+→");
  expect(keyText("Mod--")).toBe("Ctrl+-");
  expect(ariaKeys(["Mod-Shift-p", "F1", "Mod-k Mod-s"])).toBe("Control+Shift+P F1");
});
