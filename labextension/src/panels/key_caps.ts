// Keys as they are shown: each as a cap.
import { keyNames } from "../session/keys";
import { h } from "./dom";

/// The caps of a binding; strokes that follow each other with a gap between them.
export const keyCaps = (keys: string): HTMLElement =>
  h(
    "span",
    { class: "rdit-keys" },
    ...keyNames(keys).map(names =>
      h("span", { class: "rdit-stroke" }, ...names.map(name => h("kbd", {}, name))),
    ),
  );
