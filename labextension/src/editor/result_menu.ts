// What a result can do beside folding: its menu, and to be copied. Both are a lazy chunk.

import type { EditorView } from "@codemirror/view";
import { once } from "../results/once";
import type { ResultActions } from "../results/render";
import { sayNotLoaded } from "./host";

const load = once(() => import("./result_commands"));

/// The actions of the result with this id.
export function resultMenu(view: EditorView, id: number): Pick<ResultActions, "menu" | "copy"> {
  const perform = (act: (commands: Awaited<ReturnType<typeof load>>) => void) =>
    void load().then(act, () => sayNotLoaded(view));
  return {
    copy: () => perform(({ copyOne }) => copyOne(view, id)),
    menu: (at, result) => perform(({ openResultMenu }) => openResultMenu(view, id, at, result)),
  };
}
