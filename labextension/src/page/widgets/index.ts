// Lazy chunk: live widgets (ipywidgets) in outputs of the page. Their models are of a kernel process, in
// kernel_widgets.ts; here a model's views stand in results.

import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import type { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import type { MimeBundle, MimeRenderer, Rendered } from "../../results/mime";
import { lineBlock, textBlock } from "../../results/parts/text";
import { textOf } from "../../results/mime";
import styles from "../../../style/widgets.css?inline";
import { KernelWidgets, type Life } from "./kernel_widgets";
import type { Controller } from "../../session/controller";
import type { PageConfig } from "../config";
import { widgetHost, type WidgetHost } from "./host";

const SAID: Partial<Record<Life, string>> = {
  apart: "The connection to this widget's kernel is lost: it waits for it.",
  gone: "The kernel of this widget has ended. It stands as it was: run its statement again for a live one.",
};

export class Widgets {
  /// Those of all processes since the page was opened: results of an earlier one may still stand there.
  private readonly processes: KernelWidgets[] = [];
  private current: KernelWidgets | null = null;

  private readonly host: WidgetHost;

  /// `renderer`: of what an `Output` widget shows. `ended`: aborts when the page of the script is disposed; the
  /// connection to the kernel and the style sheet go with it.
  constructor(
    config: PageConfig,
    controller: Controller,
    private readonly renderer: MimeRenderer,
    private readonly ended: AbortSignal,
  ) {
    const host = (this.host = widgetHost(config, controller));
    // They are beyond any element, and of no other one.
    const sheet = document.createElement("style");
    sheet.textContent = styles;
    document.head.append(sheet);
    const disconnect = () => {
      this.current?.end();
      this.current = null;
    };
    host.onProcessEnd(disconnect);
    const dispose = () => {
      disconnect();
      sheet.remove();
    };
    // This chunk may come when the page is disposed already.
    if (ended.aborted) dispose();
    else ended.addEventListener("abort", dispose);
  }

  /// A view of the widget that a bundle names.
  async render(spec: unknown, data: MimeBundle): Promise<Rendered> {
    const id = String((spec as { model_id?: unknown } | null)?.model_id);
    const holder = await this.find(id);
    if (!holder) return missing(data, this.host.whyNone());
    const model = (await holder.manager.get_model(id)) as DOMWidgetModel;
    const view = (await holder.manager.create_view(model)) as DOMWidgetView;
    return placed(view, holder);
  }

  private async find(id: string): Promise<KernelWidgets | null> {
    for (const process of this.processes) if (process.manager.has_model(id)) return process;
    const current = this.connect();
    if (!current) return null;
    await current.loaded;
    // The message that opens it comes by another way than the output that shows it.
    if (!current.manager.has_model(id)) await current.lookAgain();
    return current.manager.has_model(id) ? current : null;
  }

  private connect(): KernelWidgets | null {
    if (this.current) return this.current;
    if (this.ended.aborted) return null;
    const url = this.host.channels();
    if (!url) return null;
    this.current = new KernelWidgets(url, this.host.backend, this.renderer);
    this.processes.push(this.current);
    return this.current;
  }
}

function placed(view: DOMWidgetView, holder: KernelWidgets): Rendered {
  const dom = document.createElement("div");
  dom.className = "rdit-widget";
  const widget = view.luminoWidget;
  const note = lineBlock("");
  dom.append(widget.node, note);
  const show = () => {
    const { life } = holder;
    dom.dataset.life = life;
    widget.node.inert = life !== "live";
    note.textContent = SAID[life] ?? "";
    note.hidden = !note.textContent;
  };
  const stop = holder.onLife(show);
  show();
  const tell = (message: typeof Widget.Msg.AfterAttach) => MessageLoop.sendMessage(widget, message);
  return {
    dom,
    // As in registry.ts: without Lumino's layout nobody else tells it.
    placed() {
      // Some listen from then on: the bar of tabs.
      tell(Widget.Msg.BeforeAttach);
      tell(Widget.Msg.AfterAttach);
    },
    dispose() {
      stop();
      if (widget.isDisposed) return;
      if (widget.isAttached) {
        tell(Widget.Msg.BeforeDetach);
        tell(Widget.Msg.AfterDetach);
      }
      view.remove();
    },
  };
}

/// Of a widget that no kernel has: its text, and why.
function missing(data: MimeBundle, why: string): Rendered {
  const dom = document.createElement("div");
  dom.className = "rdit-widget";
  dom.dataset.life = "missing";
  dom.append(textBlock(textOf(data["text/plain"]) ?? ""), lineBlock(why));
  return { dom, dispose: () => {} };
}
