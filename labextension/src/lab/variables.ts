// The side panel of variables of the current script: the same panel as on the page. The debugger's panel
// of JupyterLab needs a debugger that is started, and looks at values by their `repr`; a widget in its
// place would show nothing of a script that just runs.

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { WidgetTracker } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import type { VariablesPanel } from "../panels/variables";
import type { RditDocument } from "./document";
import { rditIcon } from "./icons";
import { addAppCommand } from "./app_command";

export function addVariables(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<RditDocument>,
  trans: TranslationBundle,
): void {
  const widget = new Variables(tracker, trans);
  app.shell.add(widget, "right", { rank: 850, type: "rdit" });
  addAppCommand(app.commands, trans, "rdit:variables", {
    execute: async () => {
      app.shell.activateById(widget.id);
      (await widget.panel).focus();
    },
  });
  addAppCommand(app.commands, trans, "rdit:watch", {
    isEnabled: () => tracker.currentWidget !== null,
    execute: async () => {
      const state = tracker.currentWidget?.script.state;
      app.shell.activateById(widget.id);
      const panel = await widget.follow();
      if (state) panel?.watchSelection(state);
    },
  });
}

class Variables extends Widget {
  private loading: Promise<VariablesPanel> | null = null;

  constructor(
    private readonly tracker: WidgetTracker<RditDocument>,
    private readonly trans: TranslationBundle,
  ) {
    super();
    this.id = "rdit-variables";
    this.addClass("rdit-Variables");
    this.title.icon = rditIcon;
    this.title.caption = trans.__("Variables of the Script");
    tracker.currentChanged.connect(() => this.isVisible && void this.follow());
  }

  /// Imported when it is first shown.
  get panel(): Promise<VariablesPanel> {
    return (this.loading ??= this.load());
  }

  protected override onAfterShow(): void {
    void this.follow();
  }

  protected override onResize(): void {
    void this.loading?.then(panel => panel.refresh());
  }

  private async load(): Promise<VariablesPanel> {
    const { VariablesPanel } = await import("./variables_panel");
    const panel = new VariablesPanel({ translate: text => this.trans.__(text) });
    this.node.append(panel.dom);
    return panel;
  }

  /// Shows the variables of the script in front. The panel; null if another came to the front meanwhile.
  async follow(): Promise<VariablesPanel | null> {
    const panel = await this.panel;
    const script = this.tracker.currentWidget?.script;
    const view = (await script?.whenAttached) ?? null;
    if (script !== this.tracker.currentWidget?.script || this.isDisposed) return null;
    panel.attach(view);
    panel.refresh();
    return panel;
  }

  override dispose(): void {
    void this.loading?.then(panel => panel.destroy());
    super.dispose();
  }
}
