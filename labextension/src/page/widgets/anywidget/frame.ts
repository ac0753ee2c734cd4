// What runs the code of an anywidget, in its frame: the module gets a model of which the frame has a copy. It is
// serialized with toString, so it must not refer to anything outside.
// What a module may export and what it is given: https://anywidget.dev/en/afm/

export function runWidget(load: (address: string) => Promise<unknown>): void {
  type State = Record<string, unknown>;
  type Act = (...values: unknown[]) => unknown;
  interface Past {
    state: State;
    changes: State[];
  }
  interface Definition {
    initialize?(given: object): unknown;
    render?(given: object): unknown;
  }
  interface Exports {
    default?: Definition | (() => Definition | Promise<Definition>);
    render?(given: object): unknown;
  }

  const tell = (message: object) => parent.postMessage(message, "*");
  const isHref = (text: string) => /^https?:\/\//.test(text);

  // As lodash's, by which the models of the page compare, for what a message can carry.
  const bytesOf = (value: object) =>
    ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : value instanceof ArrayBuffer
        ? new Uint8Array(value)
        : null;
  const isEqual = (a: unknown, b: unknown): boolean => {
    if (a === b || (a !== a && b !== b)) return true;
    if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    const [bytes, others] = [bytesOf(a), bytesOf(b)];
    if (bytes && others)
      return bytes.length === others.length && bytes.every((byte, index) => byte === others[index]);
    if (!Array.isArray(a) && Object.getPrototypeOf(a) !== Object.prototype) return false;
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every(key => Object.hasOwn(b, key) && isEqual((a as State)[key], (b as State)[key]))
    );
  };

  /// What is here of a model of the page.
  class Mirror {
    /// The number of the last message about it.
    seen = 0;
    /// What is changed now has been told before, by another frame.
    isMuted = false;
    private readonly state: State;
    private listeners: { name: string; act: Act; owner: object }[] = [];
    /// What was set and cannot be sent.
    private unsent: unknown = null;

    constructor(
      readonly id: string,
      state: State,
    ) {
      this.state = { ...state };
    }

    get(key: string): unknown {
      return this.state[key];
    }

    all(): State {
      return this.state;
    }

    /// Changes it here; `isOwn`: by the code of the widget.
    change(changes: State, isOwn = false): void {
      const differing = Object.entries(changes).filter(
        ([key, value]) => !isEqual(this.state[key], value),
      );
      if (!differing.length) return;
      const set = Object.fromEntries(differing);
      Object.assign(this.state, set);
      if (isOwn && !this.isMuted) {
        try {
          tell({ id: this.id, set, seen: this.seen });
        } catch (error) {
          this.unsent = error;
        }
      }
      const model = this.handle(this);
      for (const [key, value] of differing) this.fire(`change:${key}`, model, value, {});
      this.fire("change", model, {});
    }

    fire(name: string, ...values: unknown[]): void {
      for (const { name: listened, act } of [...this.listeners])
        if (listened === name || listened === "all")
          try {
            act(...(listened === "all" ? [name, ...values] : values));
          } catch (error) {
            // It is said as that of any script, and the other listeners still hear.
            reportError(error);
          }
    }

    /// Ends what this owner listens to; of all owners without one.
    silence(owner?: object): void {
      this.listeners = owner ? this.listeners.filter(one => one.owner !== owner) : [];
    }

    /// The model as the code of a widget has it. `owner`: of what it listens to.
    handle(owner: object): object {
      const names = (name: string) => name.split(/\s+/);
      return {
        get: (key: string) => this.get(key),
        set: (key: string | State, value?: unknown) =>
          this.change(typeof key === "string" ? { [key]: value } : key, true),
        save_changes: () => {
          if (this.unsent) {
            const error = this.unsent;
            this.unsent = null;
            throw error;
          }
          if (!this.isMuted) tell({ id: this.id, save: true });
        },
        send: (content: unknown, _?: unknown, buffers: unknown[] = []) => {
          if (!this.isMuted) tell({ id: this.id, send: content, buffers });
        },
        on: (name: string, act: Act) => {
          for (const one of names(name)) this.listeners.push({ name: one, act, owner });
        },
        off: (name?: string | null, act?: Act | null) => {
          this.listeners = this.listeners.filter(
            one =>
              one.owner !== owner ||
              (name && !names(name).includes(one.name)) ||
              (act && one.act !== act),
          );
        },
        widget_manager: {
          get_model: async (id: string) => (await open(id)).handle({}),
        },
      };
    }
  }

  const mirrors = new Map<string, Promise<Mirror>>();
  const opening = new Map<string, { done(mirror: Mirror): void; fail(error: Error): void }>();

  /// The mirror of another model.
  const open = (id: string): Promise<Mirror> => {
    let found = mirrors.get(id);
    if (!found) {
      found = new Promise((done, fail) => opening.set(id, { done, fail }));
      mirrors.set(id, found);
      found.catch(() => mirrors.delete(id));
      tell({ rditOpen: id });
    }
    return found;
  };

  const invoker =
    (mirror: Mirror) =>
    (name: string, msg?: unknown, options: { buffers?: unknown[]; signal?: AbortSignal } = {}) =>
      new Promise((done, fail) => {
        const id = crypto.getRandomValues(new Uint32Array(4)).join("-");
        const { buffers = [], signal = AbortSignal.timeout(3_000) } = options;
        const owner = {};
        const model = mirror.handle(owner) as { on(name: string, act: Act): void; send: Act };
        const stop = () => {
          mirror.silence(owner);
          fail(signal.reason as Error);
        };
        if (signal.aborted) return stop();
        signal.addEventListener("abort", stop);
        model.on("msg:custom", (answer: unknown, more: unknown) => {
          if ((answer as State | null)?.id !== id) return;
          signal.removeEventListener("abort", stop);
          mirror.silence(owner);
          done([(answer as State).response, more]);
        });
        model.send({ id, kind: "anywidget-command", name, msg }, undefined, buffers);
      });

  /// The code of one model.
  class Bound {
    exports: unknown;
    private definition: Definition = {};
    private life = new AbortController();
    private cleaning: Promise<void>[] = [];
    private readonly style = document.createElement("style");

    /// `changes`: those that its code is to see happen.
    constructor(
      readonly mirror: Mirror,
      private changes: State[] = [],
    ) {
      const styled = () => {
        const css = String(mirror.get("_css") ?? "");
        this.style.textContent = isHref(css) ? `@import ${JSON.stringify(css)};` : css;
      };
      styled();
      document.head.append(this.style);
      (mirror.handle(this) as { on: Act }).on("change:_css", styled);
    }

    /// Runs it until there may be views. `isFirst`: no other frame has told what follows from the changes.
    async begin(isFirst: boolean): Promise<void> {
      const { mirror } = this;
      this.definition = await definitionOf(String(mirror.get("_esm") ?? ""));
      tell({ id: mirror.id, isPlain: !this.definition.initialize });
      const { signal } = this.life;
      const made = await this.definition.initialize?.({
        model: mirror.handle(this.life),
        signal,
        experimental: { invoke: invoker(mirror) },
      });
      this.exports = typeof made === "object" ? (made ?? undefined) : undefined;
      if (typeof made === "function") this.whenOver(signal, made as Act);
      mirror.isMuted = !isFirst;
      try {
        for (const change of this.changes.splice(0)) mirror.change(change);
      } finally {
        mirror.isMuted = false;
      }
    }

    async show(el: HTMLElement, viewed?: AbortSignal): Promise<void> {
      const { mirror } = this;
      const signal = viewed ? AbortSignal.any([viewed, this.life.signal]) : this.life.signal;
      const owner = {};
      const made = await this.definition.render?.({
        model: mirror.handle(owner),
        el,
        signal,
        host,
        experimental: { invoke: invoker(mirror) },
      });
      this.whenOver(signal, async () => {
        mirror.silence(owner);
        if (typeof made === "function") await (made as Act)();
      });
    }

    /// Ends it and its views; it may begin again, with other code. Resolves when they are cleaned up.
    async end(): Promise<void> {
      const { life } = this;
      const cleaning = (this.cleaning = [] as Promise<void>[]);
      this.life = new AbortController();
      life.abort();
      this.mirror.silence(life);
      await Promise.all(cleaning);
    }

    private whenOver(signal: AbortSignal, act: Act): void {
      const run = async () => {
        try {
          await act();
        } catch (error) {
          console.warn("A widget could not be cleaned up.", error);
        }
      };
      if (signal.aborted) void run();
      else signal.addEventListener("abort", () => this.cleaning.push(run()));
    }
  }

  const definitionOf = async (esm: string): Promise<Definition> => {
    const address = isHref(esm)
      ? esm
      : URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    let exports: Exports;
    try {
      exports = (await load(address)) as Exports;
    } finally {
      URL.revokeObjectURL(address);
    }
    // The old way to write one.
    if (exports.render) return { render: exports.render };
    const made = exports.default;
    if (!made) throw new Error("its module has no default export.");
    return typeof made === "function" ? made() : made;
  };

  const bounds = new Map<string, Promise<Bound>>();
  const boundOf = (id: string): Promise<Bound> => {
    let found = bounds.get(id);
    if (!found) {
      found = open(id).then(async mirror => {
        if (mirror.get("_esm") === undefined) throw new Error(`${id} is no anywidget.`);
        const bound = new Bound(mirror);
        await bound.begin(false);
        return bound;
      });
      bounds.set(id, found);
      found.catch(() => bounds.delete(id));
    }
    return found;
  };
  const idOf = (reference: unknown): string => {
    const [, id] = /^(?:anywidget:|IPY_MODEL_)(.+)$/.exec(String(reference)) ?? [];
    if (!id) throw new Error(`${JSON.stringify(reference)} refers to no widget.`);
    return id;
  };
  const host = {
    getModel: async (reference: unknown) => (await open(idOf(reference))).handle({}),
    async getWidget(reference: unknown) {
      const bound = await boundOf(idOf(reference));
      return {
        exports: bound.exports,
        render: ({ el, signal }: { el: HTMLElement; signal?: AbortSignal }) =>
          bound.show(el, signal),
      };
    },
  };

  // What is not loaded is told by an event of its own, before or after the error that follows from it.
  const fetched = /dynamically imported module/;
  let hasRefused = false;
  let unexplained: ReturnType<typeof setTimeout> | undefined;
  addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
    const isCode = effectiveDirective.startsWith("script-src");
    if (isCode) {
      hasRefused = true;
      clearTimeout(unexplained);
    }
    tell(isCode ? { rditImport: blockedURI } : { rditRefused: blockedURI });
  });
  const fail = (error: unknown) => {
    const say = () => tell({ rditFault: `This widget failed: ${String(error)}` });
    console.error(error);
    if (!fetched.test(String(error))) say();
    else if (!hasRefused) unexplained = setTimeout(say, 1_000);
  };
  addEventListener("unhandledrejection", ({ reason }) => fail(reason));

  const place = document.getElementById("widget")!;
  let own: Bound | null = null;
  /// Messages that have come before there was a view.
  let early: State[] | null = [];
  let turn = 0;
  const show = async (bound: Bound, isFirst: boolean) => {
    const now = ++turn;
    early ??= [];
    try {
      await bound.begin(isFirst);
      if (now !== turn) return;
      const waiting = early ?? [];
      early = null;
      // The view begins with what has changed: it may draw for a while, and is not told of changes while it does so.
      for (const data of waiting) if (!("custom" in data)) hear(bound.mirror, data);
      const shown = bound.show(place);
      for (const data of waiting) if ("custom" in data) hear(bound.mirror, data);
      await shown;
    } catch (error) {
      if (now === turn) fail(error);
    }
    if (now === turn) dispatchEvent(new Event("rdit-drawn"));
  };
  const start = (id: string, past: Past, isFirst: boolean) => {
    const mirror = new Mirror(id, past.state);
    const bound = (own = new Bound(mirror, past.changes));
    mirrors.set(id, Promise.resolve(mirror));
    bounds.set(id, Promise.resolve(bound));
    void show(bound, isFirst);
  };
  const anew = (bound: Bound) => {
    void bound.end();
    place.replaceChildren();
    hasRefused = false;
    tell({ rditAnew: true });
    void show(bound, true);
  };

  const hear = (mirror: Mirror, data: State) => {
    if (data.join !== undefined) tell({ id: mirror.id, joined: mirror.all(), count: data.join });
    else if (data.change) {
      mirror.seen = Number(data.told);
      mirror.change(data.change as State);
    } else mirror.fire("msg:custom", data.custom, data.buffers);
  };

  addEventListener("message", ({ source, data }) => {
    if (source !== parent) return;
    if (data.isDark !== undefined)
      document.documentElement.style.colorScheme = data.isDark ? "dark" : "light";
    if (data.isFilling !== undefined)
      document.documentElement.toggleAttribute("data-filled", data.isFilling);
    if (data.end) {
      turn++;
      void own?.end().then(() => tell({ rditEnded: true }));
    } else if (data.start) start(data.start, data, data.isFirst);
    else if (data.opened) {
      const { done, fail: refuse } = opening.get(data.opened) ?? {};
      opening.delete(data.opened);
      if (data.fault) refuse?.(new Error(data.fault));
      else done?.(new Mirror(data.opened, Object.assign({}, data.state, ...data.changes)));
    } else if (own && data.id === own.mirror.id) {
      const { mirror } = own;
      // Other code for it may come while what is there still loads, or has failed.
      if (data.change && "_esm" in data.change) {
        hear(mirror, data);
        anew(own);
      } else if (early && data.custom?.kind !== "anywidget-command-response")
        early.push(data as State);
      else hear(mirror, data);
    } else if (data.id) void mirrors.get(data.id)?.then(mirror => hear(mirror, data));
  });
  // Its element has been taken out of the page, where that could not wait.
  addEventListener("pagehide", () => void own?.end());
  tell({ rditReady: true });
}
