// One backend in front of two: what is queued, passed on and ended when it switches.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type {
  Connection,
  ExecutionBackend,
  Method,
  Subscriber,
} from "../../labextension/src/backends/backend";
import { forgetBackend } from "../../labextension/src/backends/choose";
import { SwitchingBackend, type Kind } from "../../labextension/src/backends/switching";
import type { Event } from "../../labextension/src/protocol";

/// A backend that does nothing but note what it is asked.
class Noting implements ExecutionBackend {
  connection: Connection = { state: "open" };
  capabilities: readonly Method[] = [];
  readonly asked: string[] = [];
  private readonly subscribers = new Set<Subscriber>();

  constructor(readonly kind: Kind) {}

  isAvailable = async () => true;
  executeScript = ({ run }: { run: string }) => void this.asked.push(`run ${run}`);
  executeStatements = ({ run }: { run: string }) => void this.asked.push(`run ${run}`);
  interrupt = () => void this.asked.push("interrupt");
  reset = () => void this.asked.push("reset");
  answerInput = (text: string) => void this.asked.push(`answer ${text}`);
  leave = (reason: string) => void this.asked.push(`leave: ${reason}`);
  close = () => void this.asked.push("close");
  query = async (method: Method, params: object) => {
    this.asked.push(`query ${method} ${JSON.stringify(params)}`);
    return { variables: [{ name: this.kind, type: "" }] } as never;
  };

  learn(capabilities: readonly Method[]) {
    this.capabilities = capabilities;
    for (const subscriber of this.subscribers) subscriber.capabilities?.(capabilities);
  }

  subscribe(subscriber: Subscriber) {
    this.subscribers.add(subscriber);
    return () => void this.subscribers.delete(subscriber);
  }

  tell(...events: Event[]) {
    for (const { events: take } of this.subscribers) take(events);
  }
}

const request = (run: string) => ({ run, script: "1" });
const plan = (run: string): Event => ({ type: "plan", run, statements: [] }) as never as Event;
const done = (run: string): Event => ({ type: "done", run, status: "ok" }) as never as Event;
const question: Event = { type: "input", run: "one", waiting: true } as never as Event;
const attached: Event = { type: "attached", snapshot: true } as never as Event;

let servers: Noting[];
let browsers: Noting[];
let loading: Promise<void>;

function open(query = "?backend=server", more = {}) {
  return new SwitchingBackend({
    page: new URL(`https://hub.example/rdit/edit/a.py${query}`),
    own: "https://hub.example/",
    isBrowserAllowed: true,
    confirm: async () => false,
    makeServer: () => servers[servers.push(new Noting("server")) - 1]!,
    makePyodide: async () => {
      await loading;
      return browsers[browsers.push(new Noting("pyodide")) - 1]!;
    },
    ...more,
  });
}

const chosen = () => vi.waitFor(() => expect(servers.length + browsers.length).toBeGreaterThan(0));

beforeEach(() => {
  forgetBackend();
  [servers, browsers, loading] = [[], [], Promise.resolve()];
  vi.spyOn(console, "log").mockImplementation(() => {});
});

afterEach(() => vi.restoreAllMocks());

it("queues what is asked before there is a backend, in order", async () => {
  const backend = open();
  backend.executeScript(request("one"));
  backend.interrupt();
  await chosen();
  await vi.waitFor(() => expect(servers[0]!.asked).toEqual(["run one", "interrupt"]));
});

it("ends the queued runs with the reason when no backend can be made", async () => {
  loading = Promise.reject(new Error("no network"));
  const events: Event[] = [];
  const onFailed = vi.fn();
  const backend = open("?backend=pyodide", { onFailed });
  backend.subscribe({ events: batch => void events.push(...batch) });
  backend.executeScript(request("one"));
  await vi.waitFor(() => expect(onFailed).toHaveBeenCalledOnce());
  expect(events).toMatchObject([{ type: "error", run: "one" }]);
  expect((events[0] as { message: string }).message).toContain("no network");
});

it("sends later runs to the backend switched to, and answers to the one that asked", async () => {
  const backend = open();
  await chosen();
  servers[0]!.tell(plan("one"), question);
  await backend.switchTo("pyodide", "wanted");
  backend.executeScript(request("two"));
  backend.answerInput("yes");
  expect([backend.kind, backend.reason]).toEqual(["pyodide", "wanted"]);
  expect(browsers[0]!.asked).toEqual(["run two"]);
  expect(servers[0]!.asked).toEqual([
    "leave: Not sent before you went elsewhere: run it again.",
    "answer yes",
  ]);
});

it("stops a run in the backend that was left, until it has ended", async () => {
  const backend = open();
  await chosen();
  servers[0]!.tell(plan("one"));
  await backend.switchTo("pyodide", "");
  expect(backend.isRunningElsewhere).toBe(true);
  backend.interrupt();
  expect(servers[0]!.asked).toContain("interrupt");
  servers[0]!.tell(done("one"));
  expect(backend.isRunningElsewhere).toBe(false);
});

it("passes on runs of the backend that was left, and neither its state nor its snapshot", async () => {
  const backend = open();
  await chosen();
  await backend.switchTo("pyodide", "");
  const events: Event[] = [];
  backend.subscribe({ events: batch => void events.push(...batch) });
  servers[0]!.tell(attached, { type: "session", state: "dead" } as never as Event, done("one"));
  expect(events.map(({ type }) => type)).toEqual(["done"]);
});

it("asks the backend in use, whatever it is asked, and none while there is none", async () => {
  const backend = open();
  expect(await backend.query("variables", {})).toBeNull();
  await chosen();
  await vi.waitFor(async () =>
    expect(await backend.query("variables", {})).toEqual({
      variables: [{ name: "server", type: "" }],
    }),
  );
  await backend.switchTo("pyodide", "");
  await backend.query("inspect", { code: "x", cursor: 1 });
  expect(servers[0]!.asked[0]).toBe("query variables {}");
  expect(browsers[0]!.asked).toEqual(['query inspect {"code":"x","cursor":1}']);
});

it("tells the capabilities of the backend in use, at once and when they change", async () => {
  const backend = open();
  const told: (readonly Method[])[] = [];
  backend.subscribe({ events: () => {}, capabilities: methods => void told.push(methods) });
  expect(told).toEqual([[]]);
  await chosen();
  await vi.waitFor(() => expect(told).toHaveLength(2));
  servers[0]!.learn(["inspect"]);
  await backend.switchTo("pyodide", "");
  browsers[0]!.learn(["variables"]);
  // Of the backend that was left nothing is told, and nothing lost.
  servers[0]!.learn(["complete", "inspect"]);
  await backend.switchTo("server", "");
  expect(told).toEqual([[], [], ["inspect"], [], ["variables"], ["complete", "inspect"]]);
  expect(backend.capabilities).toEqual(["complete", "inspect"]);
});

it("stays where it is when the other backend cannot be made, and loses no request", async () => {
  const backend = open();
  await chosen();
  loading = Promise.reject(new Error("offline"));
  const switching = backend.switchTo("pyodide", "");
  backend.executeScript(request("meanwhile"));
  await expect(switching).rejects.toThrow("offline");
  expect(backend.kind).toBe("server");
  expect(servers[0]!.asked).toEqual(["run meanwhile"]);
});

const held = () => {
  let load!: () => void;
  loading = new Promise(resolve => (load = resolve));
  return load;
};

it("that is chosen twice while it is loaded is made once", async () => {
  const backend = open();
  await chosen();
  await vi.waitFor(() => expect(backend.reason).not.toBe(""));
  const load = held();
  const first = backend.switchTo("pyodide", "");
  backend.executeScript(request("one"));
  const second = backend.switchTo("pyodide", "");
  load();
  await Promise.all([first, second]);
  backend.executeScript(request("two"));
  expect(browsers.map(({ asked }) => asked)).toEqual([["run one", "run two"]]);
});

it("goes where it was sent last, though what was chosen before is loaded later", async () => {
  const backend = open();
  await chosen();
  await vi.waitFor(() => expect(backend.reason).not.toBe(""));
  const load = held();
  const first = backend.switchTo("pyodide", "");
  expect(backend.wanted).toBe("pyodide");
  await backend.switchTo("server", "back");
  load();
  await first;
  backend.executeScript(request("one"));
  expect([backend.kind, backend.reason]).toEqual(["server", "back"]);
  expect(servers[0]!.asked).toEqual(["run one"]);
});

it("goes where the user has sent it before its first choice is made", async () => {
  let answer!: (response: Response) => void;
  const health = new Promise<Response>(resolve => (answer = resolve));
  vi.stubGlobal("fetch", () => health);
  const onChosen = vi.fn();
  const backend = open("", { onChosen });
  await backend.switchTo("pyodide", "wanted");
  answer(Response.json({ status: "ok" }));
  await vi.waitFor(() => expect(onChosen).toHaveBeenCalledOnce());
  expect([backend.kind, backend.reason]).toEqual(["pyodide", "wanted"]);
  vi.unstubAllGlobals();
});

it("of two documents on one page has one decision and two backends", async () => {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => Response.json({ status: "ok" })),
  );
  const [one, two] = [open(""), open("")];
  await vi.waitFor(() => expect(servers.length).toBe(2));
  expect(fetch).toHaveBeenCalledOnce();
  one.executeScript(request("one"));
  two.executeScript(request("two"));
  await vi.waitFor(() => expect(servers.map(server => server.asked).flat()).toHaveLength(2));
  expect(servers.map(server => server.asked)).toEqual([["run one"], ["run two"]]);
  vi.unstubAllGlobals();
});

it("closes also what is still being loaded, and says nothing after", async () => {
  let load!: () => void;
  loading = new Promise(resolve => (load = resolve));
  const onChange = vi.fn();
  const backend = open("?backend=pyodide", { onChange });
  const events = vi.fn();
  backend.subscribe({ events });
  await new Promise(resolve => setTimeout(resolve));
  backend.close();
  load();
  await vi.waitFor(() => expect(browsers[0]?.asked).toEqual(["close"]));
  browsers[0]!.tell(plan("late"));
  expect([onChange, events].map(spy => spy.mock.calls.length)).toEqual([0, 0]);
});
