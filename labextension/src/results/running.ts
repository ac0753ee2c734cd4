// Lazy chunk: what stands at a statement that runs for a while: its time, how far it says it is, a slim bar.

import { clock } from "./duration";
import { loopProgressOf, type LoopProgress } from "./loop_progress";
import type { Shown } from "./render";

const periodMs = 100;

/// Shows them in a result until the function that it returns is called. Neither takes up height.
export function showRunning(
  dom: HTMLElement,
  notes: HTMLElement,
  read: () => Pick<Shown, "startedAt" | "outcome" | "loop" | "isEarlier">,
): () => void {
  const time = document.createElement("span");
  time.className = "rdit-note rdit-clock";
  const bar = document.createElement("div");
  bar.className = "rdit-running-bar";
  let seen: Pick<Shown, "outcome" | "loop"> | null = null;
  let progress: LoopProgress | null = null;
  const tick = () => {
    const { startedAt, outcome, loop, isEarlier } = read();
    if (outcome !== seen?.outcome || loop !== seen.loop)
      progress = loopProgressOf(isEarlier ? [] : outcome.parts, loop);
    seen = { outcome, loop };
    const elapsed = clock((Date.now() - startedAt) / 1000);
    time.textContent = progress ? `${progress.text} · ${elapsed}` : elapsed;
    bar.classList.toggle("rdit-running-share", progress !== null);
    bar.style.setProperty("--rdit-share", String(progress?.share ?? 1));
  };
  tick();
  notes.prepend(time);
  dom.append(bar);
  const ticking = setInterval(tick, periodMs);
  return () => {
    clearInterval(ticking);
    time.remove();
    bar.remove();
  };
}
