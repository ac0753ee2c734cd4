// ipywidgets' own classes, and ours in the place of those that would insert what the kernel sends as it is:
// this page has Jupyter's origin and cookies.

import * as base from "@jupyter-widgets/base";
import * as controls from "@jupyter-widgets/controls";
import { isHarmless } from "../../results/css";
import { lineBlock } from "../../results/parts/text";
import { sanitized } from "../../results/sanitized";
import * as anywidget from "./anywidget";
import * as output from "./output_view";

export type WidgetClass = typeof base.WidgetModel | typeof base.WidgetView;

class HTMLView extends controls.HTMLView {
  override update(): void {
    showHtml(this.content, this.model);
    controls.StringView.prototype.update.call(this);
  }
}

class HTMLMathView extends controls.HTMLMathView {
  override update(): void {
    showHtml(this.content, this.model);
    this.typeset(this.content);
    controls.StringView.prototype.update.call(this);
  }
}

function showHtml(place: HTMLElement, model: base.WidgetModel): void {
  place.replaceChildren(sanitized(String(model.get("value") ?? "")));
}

class StyleView extends base.StyleView {
  override handleChange(trait: string, value: unknown): void {
    super.handleChange(trait, harmless(value));
  }
}

class LayoutView extends base.LayoutView {
  override handleChange(trait: string, value: unknown): void {
    super.handleChange(trait, harmless(value) as string);
  }
}

/// A value of CSS; null if it would load something.
const harmless = (value: unknown) => (isHarmless(String(value ?? "")) ? value : null);

/// A model of a class that is not here. It keeps its state, as others may refer to it.
export class MissingModel extends base.DOMWidgetModel {
  /// It may be the style of a widget.
  static styleProperties = {};
}

/// Says why there is nothing to see.
export class MissingView extends base.DOMWidgetView {
  override render(): void {
    const { module, name } = this.model as unknown as { module?: string; name?: string };
    this.el.replaceChildren(lineBlock(this.explain(String(module), String(name))));
  }

  protected explain(module: string, name: string): string {
    return `${name} of ${module} cannot be shown here: JupyterLab can, with its extension.`;
  }
}

/// Of a model or a view whose own code has failed.
export class FailedView extends MissingView {
  protected override explain(_: string, name: string): string {
    return `This widget (${name}) cannot be shown: ${String(this.options?.error ?? this.model.get("msg") ?? "")}`;
  }
}

const ours: Record<string, unknown> = {
  HTMLView,
  HTMLMathView,
  StyleView,
  LayoutView,
  ErrorWidgetView: FailedView,
};
const packages: Record<string, object> = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": controls,
  "@jupyter-widgets/output": output,
  anywidget,
};

/// The class of this name; null if it is not here.
export function classOf(name: string, module: string): WidgetClass | null {
  const known = packages[module] as Record<string, unknown> | undefined;
  const found = known && (ours[name] ?? (Object.hasOwn(known, name) ? known[name] : undefined));
  return typeof found === "function" ? (found as WidgetClass) : null;
}
