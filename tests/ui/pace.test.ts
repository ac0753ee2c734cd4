import { expect, test, vi } from "vitest";
import { Pace } from "../../labextension/src/editor/pace";

const height = 800;

/// Moves by `by` pixels a frame.
function scroll(
  pace: Pace,
  by: number,
  frames: number,
  { top, at, takes = 16 }: { top: number; at: number; takes?: number } = { top: 0, at: 0 },
) {
  for (let n = 0; n < frames; n++) pace.moved((top += by), height, (at += takes));
  return { top, at };
}

test("what rushes by is fast, and slow as soon as it slows down", () => {
  vi.useFakeTimers();
  const slowed = vi.fn();
  const pace = new Pace(slowed);
  const before = scroll(pace, 50, 20);
  expect(pace.isFast).toBe(true);
  expect(slowed).not.toHaveBeenCalled();
  scroll(pace, 5, 10, before);
  expect(pace.isFast).toBe(false);
  expect(slowed).toHaveBeenCalledTimes(1);
  pace.destroy();
  vi.useRealTimers();
});

test("what stops without another event is slow after a moment", () => {
  vi.useFakeTimers();
  const slowed = vi.fn();
  const pace = new Pace(slowed);
  scroll(pace, -50, 20);
  expect(pace.isFast).toBe(true);
  vi.runAllTimers();
  expect(pace.isFast).toBe(false);
  expect(slowed).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});

test("late frames hide no speed", () => {
  vi.useFakeTimers();
  const pace = new Pace(() => {});
  scroll(pace, 300, 6, { top: 0, at: 0, takes: 90 });
  expect(pace.isFast).toBe(true);
  pace.destroy();
  vi.useRealTimers();
});

test("reading and jumps are not fast", () => {
  const pace = new Pace(() => {});
  scroll(pace, 10, 40);
  expect(pace.isFast).toBe(false);
  pace.moved(50_000, height, 5000);
  pace.moved(90_000, height, 5016);
  expect(pace.isFast).toBe(false);
});
