import { describe, expect, it } from "vitest";
import { emptyScreen, write } from "../../labextension/src/results/terminal";

function shown(...chunks: string[]): string {
  return chunks.reduce(write, emptyScreen).text;
}

describe("text of a stream", () => {
  it.each<[string, string[], string]>([
    ["appends", ["a", "b\n", "c"], "ab\nc"],
    ["overwrites a line after a carriage return", ["10%\r20%"], "20%"],
    ["keeps what a shorter line does not cover", ["hello\rHE"], "HEllo"],
    ["waits to overwrite until something comes", ["10%\r"], "10%"],
    ["overwrites across chunks", ["10%\r", "20%\r", "30%"], "30%"],
    ["ends lines with CRLF", ["a\r\nb"], "a\nb"],
    ["ends lines with CRLF across chunks", ["a\r", "\nb"], "a\nb"],
    ["goes on below after an overwritten line", ["ab\rc\nd"], "cb\nd"],
    ["goes back with a backspace", ["abc\b\bX"], "aXc"],
    ["does not go back over the start of a line", ["a\n\b\bb"], "a\nb"],
    ["erases to the end of the line", ["abcdef\rxy\x1b[K"], "xy"],
    ["erases a whole line", ["abc\x1b[2K\rz"], "z"],
    [
      "goes up to redraw nested progress bars",
      ["outer 0\ninner 0\x1b[A\router 1\ninner 1"],
      "outer 1\ninner 1",
    ],
    ["keeps colours", ["\x1b[31mred\x1b[0m"], "\x1b[31mred\x1b[0m"],
    ["joins an escape sequence cut in two", ["\x1b[3", "1mred\x1b[0m"], "\x1b[31mred\x1b[0m"],
    ["keeps colours where they were overwritten", ["\x1b[31mab\x1b[0m\rX"], "X\x1b[31mb"],
    ["drops titles and links of terminals", ["a\x1b]0;title\x07\rb\x1b]8;;http://x\x1b\\c"], "bc"],
  ])("%s", (_what, chunks, text) => {
    expect(shown(...chunks)).toBe(text);
  });

  it("keeps one line of a bar that is drawn a thousand times", () => {
    const chunks = Array.from({ length: 1000 }, (_, n) => `\r${n}/1000 |${"#".repeat(n / 50)}`);
    expect(shown(...chunks)).toBe(`999/1000 |${"#".repeat(19)}`);
  });

  it("leaves lines far above the cursor alone", () => {
    const above = Array.from({ length: 200 }, (_, n) => `line ${n}`).join("\n");
    expect(shown(`${above}\n`, "a\rb")).toBe(`${above}\nb`);
  });
});
