// What a frame and the models of the page tell each other. The frame has a copy of the state of each model that its
// widget uses. All changes go through the page: what two frames change at once is in both what the page had last.

import type { WidgetModel } from "@jupyter-widgets/base";
import { withoutTheme } from "./figure_defaults";
import type { Past, State } from "./history";
import type { AnyModel } from "./model";

type Buffers = ArrayBuffer[] | ArrayBufferView[];

/// How models are told to a frame.
export interface Telling {
  /// What a frame is told of a model before it follows it.
  pastOf(model: WidgetModel): Past;
  /// A state as it is sent.
  sent(state: State): State;
}

/// A message of the frame's.
type Said = Readonly<Record<string, unknown>>;

interface Followed {
  readonly model: WidgetModel;
  /// The number of messages to the frame about it, and which was the last about each of its keys.
  told: number;
  readonly toldOf: Map<string, number>;
  /// What the frame itself is setting just now.
  given: State | null;
  stop(): void;
}

export class FrameLink {
  private readonly followed = new Map<string, Followed>();

  /// `post`: sends a message to the frame. `find`: the model of an id; rejects if there is none.
  constructor(
    private readonly own: WidgetModel,
    private readonly find: (id: string) => Promise<WidgetModel>,
    private readonly post: (message: object) => void,
    private readonly telling: Telling,
  ) {}

  /// The frame has begun, also anew: it knows nothing.
  start(isFirst: boolean): void {
    this.stop();
    this.follow(this.own);
    this.post({ start: this.own.model_id, isFirst, ...this.telling.pastOf(this.own) });
  }

  stop(): void {
    for (const { stop } of this.followed.values()) stop();
    this.followed.clear();
  }

  receive(said: Said): void {
    if (said.rditOpen !== undefined) return void this.open(String(said.rditOpen));
    const followed = this.followed.get(String(said.id));
    if (!followed) return;
    const { model } = followed;
    const { history } = model as unknown as Partial<AnyModel>;
    const { set, seen, save, send, buffers, joined, count, isPlain } = said;
    if (isObject(set)) this.set(followed, set, Number(seen));
    else if (save === true) model.save_changes(model.callbacks());
    else if (send !== undefined)
      model.send(
        send as never,
        model.callbacks(),
        (Array.isArray(buffers) ? buffers : []) as Buffers,
      );
    else if (history && isObject(joined)) history.join(joined, Number(count));
    else if (history && isPlain === true) history.isPlain = true;
  }

  private async open(id: string): Promise<void> {
    try {
      const model = await this.find(id);
      if (!this.followed.has(id)) this.follow(model);
      this.post({ opened: id, ...this.telling.pastOf(model) });
    } catch (error) {
      this.post({ opened: id, fault: String(error) });
    }
  }

  private set(followed: Followed, given: State, seen: number): void {
    const { model, toldOf } = followed;
    // What refers to other models is the kernel's to say.
    const { layout: _, style: __, ...set } = given;
    const state = withoutTheme(set, key => model.get(key));
    followed.given = state;
    try {
      model.set(state);
    } finally {
      followed.given = null;
    }
    // It has not seen these yet when it set others.
    const crossed = Object.keys(state).filter(key => (toldOf.get(key) ?? 0) > seen);
    if (crossed.length)
      this.tell(followed, Object.fromEntries(crossed.map(key => [key, model.get(key)])));
  }

  private tell(followed: Followed, change: State): void {
    const told = ++followed.told;
    for (const key of Object.keys(change)) followed.toldOf.set(key, told);
    this.post({ id: followed.model.model_id, told, change: this.telling.sent(change) });
  }

  private follow(model: WidgetModel): void {
    const id = model.model_id;
    const onChange = () => {
      const { given } = followed;
      const change = Object.entries((model.changedAttributes() || {}) as State).filter(
        ([key, value]) => !given || given[key] !== value,
      );
      if (change.length) this.tell(followed, Object.fromEntries(change));
    };
    const onCustom = (custom: unknown, buffers: unknown) => this.post({ id, custom, buffers });
    // Of an anywidget only.
    const { history, snapshots } = model as unknown as Partial<AnyModel>;
    const askForState = () => this.post({ id, join: history?.count });
    model.on("change", onChange);
    model.on("msg:custom", onCustom);
    snapshots?.add(askForState);
    const followed: Followed = {
      model,
      told: 0,
      toldOf: new Map(),
      given: null,
      stop() {
        model.off("change", onChange);
        model.off("msg:custom", onCustom);
        snapshots?.delete(askForState);
      },
    };
    this.followed.set(id, followed);
  }
}

const isObject = (value: unknown): value is State =>
  typeof value === "object" && value !== null && !Array.isArray(value);
