// The widget `Output`: outputs as nbformat has them, in the state of its model, shown as those of a statement.
// The kernel puts them there (`runtime/widget_output.py`).
// https://nbformat.readthedocs.io/en/latest/format_description.html#code-cell-outputs

import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import { textOf, type MimeBundle, type MimeRenderer } from "../../results/mime";
import { kindOf } from "../../results/parts";
import type { PartView, RenderContext } from "../../results/parts/part";
import type { Outcome, Part } from "../../results/results";
import { emptyScreen, write } from "../../results/terminal";

const MODULE = "@jupyter-widgets/output";

export class OutputModel extends DOMWidgetModel {
  override defaults() {
    return {
      ...super.defaults(),
      _model_name: "OutputModel",
      _view_name: "OutputView",
      _model_module: MODULE,
      _view_module: MODULE,
      msg_id: "",
      outputs: [],
    };
  }
}

export class OutputView extends DOMWidgetView {
  private shown: { part: Part; view: PartView<Part> }[] = [];

  override initialize(parameters: never): void {
    super.initialize(parameters);
    this.shown = [];
    this.listenTo(this.model, "change:outputs", () => this.show());
  }

  override render(): void {
    super.render();
    this.el.classList.add("jupyter-widgets", "widget-output");
    this.show();
  }

  override remove(): this {
    for (const { view } of this.shown) view.dispose();
    this.shown = [];
    return super.remove();
  }

  /// Keeps what is the same, and the element of what has changed only, so that nothing flickers.
  private show(): void {
    const outputs = this.model.get("outputs") as unknown;
    const parts = Array.isArray(outputs) ? outputs.map(partOf).filter(part => part !== null) : [];
    const { renderer } = this.model.widget_manager as unknown as { renderer: MimeRenderer };
    // Who asks which statement it is opens frames of its script, or tables: here are none.
    const outcome = {} as Outcome;
    const context: RenderContext = {
      loadRenderer: async () => renderer,
      openFrame: () => () => null,
      answerInput: () => {},
    };
    for (const { view } of this.shown.splice(parts.length)) {
      view.dispose();
      view.dom.remove();
    }
    parts.forEach((part, index) => {
      const before = this.shown[index];
      if (before?.part.type === part.type && before.view.update(part, outcome)) {
        before.part = part;
        return;
      }
      const view = kindOf(part).view(part, { outcome, context, watch: () => {} });
      before?.view.dispose();
      if (before) before.view.dom.replaceWith(view.dom);
      else this.el.append(view.dom);
      this.shown[index] = { part, view };
    });
  }
}

function partOf(output: unknown): Part | null {
  if (typeof output !== "object" || !output) return null;
  const { output_type, ...given } = output as Record<string, unknown>;
  const text = (value: unknown) => textOf(value) ?? "";
  switch (output_type) {
    case "stream": {
      const screen = write(emptyScreen, text(given.text));
      return { type: given.name === "stderr" ? "stderr" : "stdout", text: screen.text, screen };
    }
    case "display_data":
    case "execute_result": {
      const data = (given.data ?? {}) as MimeBundle;
      const metadata = (given.metadata ?? {}) as MimeBundle;
      const { display_id } = (given.transient ?? {}) as { display_id?: unknown };
      const displayId = typeof display_id === "string" ? display_id : undefined;
      return { type: "display", text: text(data["text/plain"]), data, metadata, displayId };
    }
    case "error":
      return {
        type: "error",
        text: Array.isArray(given.traceback) ? given.traceback.join("\n") : "",
        name: text(given.ename),
        message: text(given.evalue),
        frames: [],
      };
  }
  return null;
}
