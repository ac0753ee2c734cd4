// What is done in advance, in the time that is left between two frames: never in a frame that scrolls.

/// Milliseconds after which it is done in any case: where each frame takes all its time, there is none left.
const patience = 100;

/// Calls `act` when the browser has nothing else to do. `left`: how many milliseconds it has nothing else to do for,
/// as far as is known; Infinity if it has had none for so long that it has to be. Returns what takes that back.
export function whenIdle(act: (left: () => number) => void): () => void {
  // Safari has none: after the frame, as far as one can tell.
  if (typeof requestIdleCallback !== "function") {
    const timer = setTimeout(() => act(() => Infinity), patience);
    return () => clearTimeout(timer);
  }
  const left = (deadline: IdleDeadline) =>
    deadline.didTimeout ? Infinity : deadline.timeRemaining();
  const handle = requestIdleCallback(deadline => act(() => left(deadline)), { timeout: patience });
  return () => cancelIdleCallback(handle);
}
