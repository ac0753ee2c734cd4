// The models of the widgets of one kernel process, and their views.

import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import type { Result } from "../../backends/backend";
import { bytesOfBase64 } from "../../results/base64";
import type { MimeRenderer } from "../../results/mime";
import { sanitized } from "../../results/sanitized";
import { Comms, type Comm } from "./comms";
import type { Message } from "./kernel_socket";
import { classOf, FailedView, MissingModel, MissingView, type WidgetClass } from "./views";

const TARGET = "jupyter.widget";

type States = Result<"widgets">;

export class WidgetManager extends ManagerBase {
  readonly comms = new Comms((comm, message) => this.opened(comm, message));

  /// Where views find what typesets formulas: `HTMLMath`, `Label`, and what describes a widget.
  readonly _rendermime = {
    latexTypesetter: {
      typeset: (element: HTMLElement) => void this.renderer.typeset?.(element),
    },
  };

  /// `renderer`: of what an `Output` widget shows.
  constructor(readonly renderer: MimeRenderer) {
    super();
  }

  /// Makes the models that are not here; `isAll`: and brings the others to the kernel's state. A model may
  /// refer to any other: it waits for it.
  async load({ models, texts = [] }: States, isAll: boolean): Promise<void> {
    await Promise.all(
      models.map(async ({ id, name, module, version, state, texts: places = {}, buffers = [] }) => {
        for (const [key, place] of Object.entries(places)) state[key] = texts[place as number];
        const bytes = buffers.map(({ data }) => new DataView(bytesOfBase64(data).buffer));
        base.put_buffers(
          state as never,
          buffers.map(({ path }) => path),
          bytes,
        );
        if (this.has_model(id)) {
          if (!isAll) return;
          const model = await this.get_model(id);
          const { _deserialize_state } = model.constructor as typeof base.WidgetModel;
          model.set_state(
            await _deserialize_state.call(
              model.constructor as never,
              state as never,
              this as never,
            ),
          );
          return;
        }
        const options = {
          model_id: id,
          model_name: name,
          model_module: module,
          model_module_version: version,
          comm: this.comms.get(id, TARGET),
        };
        await this.new_model(options, state);
      }),
    );
  }

  /// As the base class does, but that an error is text.
  override create_view(model: base.DOMWidgetModel, options: object = {}): Promise<never> {
    const id = base.uuid();
    const made = (model.state_change = model.state_change.then(async () => {
      const name = model.get("_view_name") as string;
      const View = classOf(name, model.get("_view_module") as string) ?? MissingView;
      let view: base.WidgetView;
      try {
        view = await this.draw(View as never, model, options);
      } catch (error) {
        console.warn("rdit: a widget could not be drawn.", error);
        view = await this.draw(FailedView as never, model, { ...options, error });
      }
      view.once("remove", () => {
        if (model.views) delete model.views[id];
      });
      return view;
    }));
    if (model.views) model.views[id] = made as never;
    return made as never;
  }

  override inline_sanitize(source: string): string {
    const box = document.createElement("div");
    box.append(sanitized(source));
    return box.innerHTML;
  }

  /// The views must be in the document when their model draws.
  private async draw(
    View: typeof base.WidgetView,
    model: base.DOMWidgetModel,
    options: object,
  ): Promise<base.WidgetView> {
    const view = new View({ model, options: this.setViewOptions(options) } as never);
    view.listenTo(model, "destroy", () => view.remove());
    await view.render();
    return view;
  }

  /// Of a model.
  protected override async loadClass(name: string, module: string): Promise<WidgetClass> {
    return classOf(name, module) ?? (MissingModel as WidgetClass);
  }

  protected override async _create_comm(
    target: string,
    id = base.uuid(),
    data?: unknown,
    metadata?: object,
    buffers?: ArrayBuffer[] | ArrayBufferView[],
  ): Promise<base.IClassicComm> {
    const comm = this.comms.get(id, target);
    if (data || metadata) comm.open(data, undefined, metadata as never, buffers);
    return comm;
  }

  protected override async _get_comm_info(): Promise<object> {
    return {};
  }

  private opened(comm: Comm, message: Message): void {
    if (comm.target_name !== TARGET) return;
    this.handle_comm_open(comm, message as never).catch((error: unknown) =>
      console.warn("rdit: a widget could not be made.", error),
    );
  }
}
