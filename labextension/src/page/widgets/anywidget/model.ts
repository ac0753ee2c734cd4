// The model of an anywidget: its state, and how that has come to be. Its code runs in the frames of its views only.
// https://anywidget.dev/en/afm/

import { DOMWidgetModel, WidgetModel } from "@jupyter-widgets/base";
import { History, type Past, type State } from "./history";

export class AnyModel extends DOMWidgetModel {
  // Declared: the base class calls `initialize` before fields would be made.
  declare history: History;
  /// Of each frame: asks for the state as its code has it.
  declare snapshots: Set<() => void>;

  override initialize(attributes: never, options: never): void {
    super.initialize(attributes, options);
    this.history = new History(() => sent(this.attributes));
    this.snapshots = new Set();
    this.on("change", () => {
      this.history.add(sent(this.changedAttributes() || {}), () => {
        const [ask] = this.snapshots;
        ask?.();
        return ask !== undefined;
      });
    });
  }

  /// The base class copies by JSON, which has no bytes.
  override serialize(state: State): never {
    const serializers = (this.constructor as typeof WidgetModel).serializers ?? {};
    for (const [key, value] of Object.entries(state)) {
      const { serialize } = serializers[key] ?? {};
      if (serialize) state[key] = serialize(value, this);
      else if (value instanceof WidgetModel) state[key] = (value as WidgetModel).toJSON({});
      else state[key] = structuredClone(value);
    }
    return state as never;
  }
}

export function pastOf(model: WidgetModel): Past {
  return model instanceof AnyModel
    ? model.history.past
    : { state: sent(model.attributes), changes: [] };
}

/// As a frame gets a state: models in it become their names.
export function sent(state: State): State {
  const named = (value: unknown): unknown =>
    value instanceof WidgetModel
      ? `IPY_MODEL_${value.model_id}`
      : Array.isArray(value) && value.some(item => item instanceof WidgetModel)
        ? value.map(named)
        : value;
  return Object.fromEntries(Object.entries(state).map(([key, value]) => [key, named(value)]));
}
