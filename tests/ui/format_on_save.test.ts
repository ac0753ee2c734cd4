// A formatter that does not come, or does not end, keeps no script from being saved.
import type { EditorView } from "@codemirror/view";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { formatBeforeSave } from "../../labextension/src/page/format_on_save";

const view = {} as EditorView;
const never = new Promise<never>(() => {});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("says nothing where it formats", async () => {
  const formatDocument = vi.fn(async () => true);
  expect(await formatBeforeSave(view, async () => ({ formatDocument }))).toBe("");
  expect(formatDocument).toHaveBeenCalledOnce();
});

it("says why it could not be loaded", async () => {
  const text = await formatBeforeSave(view, () => Promise.reject(new Error("no such chunk")));
  expect(text).toBe("Saved without formatting: no such chunk");
});

it.each([
  ["be loaded", () => never],
  ["format", async () => ({ formatDocument: () => never })],
])("does not wait for ever for what is to %s", async (_, load) => {
  const formatted = formatBeforeSave(view, load);
  await vi.runAllTimersAsync();
  expect(await formatted).toContain("too long");
});

it("formats nothing after that", async () => {
  let arrive = (_: { formatDocument: () => Promise<boolean> }) => {};
  const formatted = formatBeforeSave(view, () => new Promise(resolve => (arrive = resolve)));
  await vi.runAllTimersAsync();
  await formatted;
  const formatDocument = vi.fn(async () => true);
  arrive({ formatDocument });
  await vi.runAllTimersAsync();
  expect(formatDocument).not.toHaveBeenCalled();
});
