// An exception: its text, then, as soon as that is loaded, its traceback with links.

import type { Error as ErrorOutput } from "../../protocol";
import { once } from "../once";
import type { Outcome } from "../results";
import { countLines } from "../wrapping";
import type { PartKind, PartView, RenderContext } from "./part";
import { textBlock } from "./text";

/// Frames shown of a long traceback, in lines.
const mostFrameLines = 14;

export const error: PartKind<ErrorOutput> = {
  view: (part, { outcome, context }) => new ErrorView(part, outcome, context),
  preload: () => void loadTraceback().catch(() => {}), // the view reports the failure
  height: ({ message, text }, { lineHeight, columns }) =>
    lineHeight *
    (countLines(message, columns) +
      Math.min(mostFrameLines, Math.max(0, countLines(text, 400) - 2))),
  isVisible: () => true,
  equal: (a, b) => a.text === b.text,
};

// Imported lazily; until then errors show their plain text.
let traceback: typeof import("../traceback") | null = null;
const loadTraceback = once(() => import("../traceback").then(module => void (traceback = module)));

class ErrorView implements PartView<ErrorOutput> {
  readonly dom = document.createElement("div");

  constructor(
    private readonly part: ErrorOutput,
    outcome: Outcome,
    context: RenderContext,
  ) {
    const { dom } = this;
    dom.className = "rdit-output rdit-error";
    const show = () =>
      dom.replaceChildren(...traceback!.renderError(part, context.openFrame(outcome)).childNodes);
    if (traceback) show();
    else {
      dom.append(textBlock(part.text));
      loadTraceback().then(show, (error: unknown) => {
        console.warn("rdit: this traceback has no links, for they could not be loaded.", error);
      });
    }
  }

  update(part: ErrorOutput): boolean {
    return part.text === this.part.text && part.name === this.part.name;
  }

  dispose(): void {}
}
