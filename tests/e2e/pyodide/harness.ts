// The backend alone in a page, for tests that look at its events.
import { PyodideBackend } from "../../../labextension/src/backends/pyodide/backend";
import type { Event } from "../../../labextension/src/protocol";

const PATIENCE_MS = 60_000;
const REST_MS = 5_000;
// A worker on a loaded machine may need longer than a user's to end a wait.
const SOFT_STOP_MS = 5_000;

class Harness {
  readonly events: Event[] = [];
  readonly progress: unknown[] = [];
  readonly capabilities: unknown[] = [];
  readonly files = new Map<string, string>();
  private readonly backend: PyodideBackend;
  private state = "idle";
  private count = 0;

  constructor(packages: string) {
    const { files } = this;
    this.backend = new PyodideBackend({
      staticUrl: new URL("./", location.href).href,
      packages,
      path: "work/script.py",
      softStopMs: SOFT_STOP_MS,
      files: {
        list: async folder =>
          [...files]
            .filter(([path]) => path.startsWith(`${folder}/`))
            .map(([path, text]) => ({ path, size: text.length, version: text })),
        read: async path => new TextEncoder().encode(files.get(path)!),
        write: async (path, data) => void files.set(path, new TextDecoder().decode(data)),
        remove: async path => void files.delete(path),
      },
    });
    this.backend.subscribe({
      events: events => {
        this.events.push(...events);
        for (const event of events) if (event.type === "session") this.state = event.state;
      },
      progress: progress => this.progress.push(progress),
      capabilities: methods => this.capabilities.push(methods),
    });
  }

  /// Milliseconds until a run is done, as a page sees it.
  measure(script: string): Promise<number> {
    const begun = performance.now();
    return new Promise(resolve => {
      const stop = this.backend.subscribe({
        events: events => {
          if (!events.some(event => event.type === "done" && event.run === run)) return;
          stop();
          resolve(performance.now() - begun);
        },
      });
      const run = this.start({ script });
    });
  }

  memory = () => this.backend.memory;

  /// Begins a run; its id.
  start(request: { script: string; run?: string }): string {
    const run = request.run ?? `run-${++this.count}`;
    this.backend.executeScript({ ...request, run } as never);
    return run;
  }

  /// The events of a run once it is over.
  async run(request: { script: string }): Promise<Event[]> {
    const run = this.start(request);
    await this.until(event => event.type === "done" && event.run === run);
    return this.of(run);
  }

  of(run: string): Event[] {
    return this.events.filter(
      event => "run" in event && event.run === run && event.type !== "session",
    );
  }

  /// The first event of which this holds, at once or later. Rejects if none comes in `PATIENCE_MS`.
  until(holds: (event: Event) => boolean): Promise<Event> {
    const since = performance.now();
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.events.find(holds);
        if (found) resolve(found);
        else if (performance.now() < since + PATIENCE_MS) setTimeout(look, 5);
        else reject(new Error(`none of the events is ${holds}: ${JSON.stringify(this.events)}`));
      };
      look();
    });
  }

  /// Whether nothing runs any more: what runs is interrupted.
  async rest(): Promise<boolean> {
    const isAtRest = () => this.state === "idle" || this.state === "dead";
    const since = performance.now();
    for (let presses = 0; !isAtRest() && performance.now() < since + REST_MS; ) {
      if (presses++ < 2) this.interrupt();
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    return isAtRest();
  }

  interrupt = () => this.backend.interrupt();
  reset = (restart = false) => this.backend.reset({ restart });
  query = (method: never, params: never) => this.backend.query(method, params);
  answer = (text: string) => this.backend.answerInput(text);
  close = () => this.backend.close();
}

Object.assign(globalThis, { Harness });
