import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PythonServerBackend } from "../../labextension/src/backends/server";
import type { Connection, Method } from "../../labextension/src/backends/backend";
import type { Event, Request } from "../../labextension/src/protocol";
import { FakeServer } from "./fake_server";

let server: FakeServer;
let backend: PythonServerBackend;
let events: Event[];
let connections: Connection[];
let signedIn: boolean | null;
let gone: number;

beforeEach(() => {
  vi.useFakeTimers();
  signedIn = true;
  server = new FakeServer();
  begin();
});

afterEach(() => {
  backend.close();
  vi.useRealTimers();
});

function begin() {
  backend = new PythonServerBackend("ws://test", async () => signedIn, server.open);
  events = [];
  connections = [];
  gone = 0;
  backend.subscribe({
    events: batch => void events.push(...batch),
    connection: connection => void connections.push(connection),
    gone: () => void gone++,
  });
}

const settle = (ms = 1_000) => vi.advanceTimersByTimeAsync(ms);
const texts = () =>
  events.flatMap(event =>
    event.type === "output" && event.output.type === "stdout" ? [event.output.text] : [],
  );
const refusals = () => events.filter(event => event.type === "error");
const received = (type: Request["type"]) =>
  server.received.filter(request => request.type === type);

it("brings what was printed while the connection was lost, once and in order", async () => {
  await settle();
  server.print("a");
  server.print("b");
  server.cut();
  server.print("c");
  server.print("d");
  await settle();
  server.print("e");
  await settle();
  expect(texts()).toEqual(["a", "b", "c", "d", "e"]);
  expect(received("attach")).toEqual([
    { type: "attach", since: 0, log: "" },
    { type: "attach", since: 2, log: "life-1" },
  ]);
});

it("ignores what comes live before the replay of an older event", async () => {
  await settle();
  server.print("a");
  server.cut();
  server.print("b");
  server.print("c");
  server.isEager = true;
  await settle();
  expect(texts()).toEqual(["a", "b", "c"]);
});

it("drops an event that it has had", async () => {
  await settle();
  server.print("a");
  server.repeatLast();
  await settle();
  expect(texts()).toEqual(["a"]);
});

it("hands over the events of a frame in one batch", async () => {
  const batches: number[] = [];
  await settle();
  backend.subscribe({ events: batch => void batches.push(batch.length) });
  for (const text of "abc") server.print(text);
  await settle();
  expect(batches).toEqual([3]);
});

it("holds a run that was asked for while the connection was lost, and then sends it", async () => {
  await settle();
  server.isUp = false;
  server.cut();
  backend.executeScript({ run: "r1", script: "1" });
  expect(backend.connection).toEqual({ state: "waiting", held: 1, reason: "Connection lost" });
  server.isUp = true;
  await settle(2_000);
  expect(received("run")).toEqual([{ type: "run", run: "r1", script: "1" }]);
  expect(backend.connection).toEqual({ state: "open" });
  expect(refusals()).toEqual([]);
});

it("says that a run was not sent when the connection stays away", async () => {
  await settle();
  server.isUp = false;
  server.cut();
  backend.executeScript({ run: "r1", script: "1" });
  await settle(40_000);
  server.isUp = true;
  await settle(60_000);
  expect(received("run")).toEqual([]);
  expect(refusals()).toEqual([
    { type: "error", run: "r1", message: "Not connected to the server: this run was not sent." },
  ]);
});

it("sends a run again of which nothing was heard before the cut", async () => {
  await settle();
  server.isDeaf = true;
  backend.executeScript({ run: "r1", script: "1" });
  server.cut();
  server.isDeaf = false;
  await settle();
  expect(received("run")).toEqual([{ type: "run", run: "r1", script: "1" }]);
});

it("does not send a run again that has begun", async () => {
  await settle();
  backend.executeScript({ run: "r1", script: "1" });
  server.emit({ type: "plan", run: "r1", statements: [] });
  server.cut();
  await settle();
  expect(received("run")).toHaveLength(1);
});

it("does not send a run again to another life of the session", async () => {
  await settle();
  backend.executeScript({ run: "r1", script: "1" });
  server.cut();
  server.restart();
  await settle();
  expect(received("run")).toHaveLength(1);
  expect(refusals()).toEqual([
    {
      type: "error",
      run: "r1",
      message: "The server was restarted before this run began: run it again.",
    },
  ]);
});

it("takes the snapshot of another life of the session from its beginning", async () => {
  await settle();
  for (const text of "abc") server.print(text);
  server.cut();
  server.restart();
  server.print("x");
  await settle();
  expect(texts()).toEqual(["a", "b", "c", "x"]);
  // It is no new beginning for who shows the results of the life before.
  expect(events.filter(event => event.type === "attached").map(event => event.snapshot)).toEqual([
    true,
    false,
  ]);
  expect(gone).toBe(1);
});

const plan = { nodeIndex: 0, lineStart: 1, lineEnd: 1, isExpr: true, source: "1" };
const ends = () =>
  events.flatMap(event => (event.type === "done" ? [[event.run, event.status]] : []));

it("ends the runs of a life of the session that is over", async () => {
  await settle();
  server.emit({ type: "plan", run: "r0", statements: [plan] });
  server.emit({ type: "plan", run: "r1", statements: [plan] });
  server.emit({ type: "done", run: "r0", status: "ok", elapsed: 1 });
  server.cut();
  server.restart();
  await settle();
  expect(ends()).toEqual([
    ["r0", "ok"],
    ["r1", "died"],
  ]);
});

it("ends what nobody can follow when the page leaves a server that is away", async () => {
  await settle();
  server.emit({ type: "plan", run: "r0", statements: [plan] });
  await settle();
  server.isUp = false;
  server.cut();
  await settle();
  backend.executeScript({ run: "r1", script: "1" });
  backend.leave("Gone elsewhere.");
  await settle();
  expect(ends()).toEqual([["r0", "cancelled"]]);
  expect(refusals()).toEqual([{ type: "error", run: "r1", message: "Gone elsewhere." }]);
  // Nothing is run behind the person's back when it is there again.
  server.isUp = true;
  await settle(30_000);
  expect(received("run")).toEqual([]);
});

it("leaves a server that is there to go on", async () => {
  await settle();
  backend.executeScript({ run: "r1", script: "1" });
  server.emit({ type: "plan", run: "r1", statements: [plan] });
  await settle();
  backend.leave("Gone elsewhere.");
  server.emit({ type: "done", run: "r1", status: "ok", elapsed: 1 });
  await settle();
  expect(ends()).toEqual([["r1", "ok"]]);
  expect(refusals()).toEqual([]);
});

it("asks for all of a snapshot again that was cut short", async () => {
  for (const text of "ab") server.print(text);
  server.print("c", "r1");
  server.cutsSnapshot = true;
  await settle(100);
  server.cutsSnapshot = false;
  await settle();
  server.print("d", "r1");
  await settle();
  expect(received("attach").at(-1)).toEqual({ type: "attach", since: 0, log: "life-1" });
  expect(texts().slice(texts().lastIndexOf("ab"))).toEqual(["ab", "c", "d"]);
});

it("finds out by itself that the network is gone", async () => {
  await settle();
  server.isSilent = true;
  await settle(31_000);
  expect(connections).toContainEqual({ state: "waiting", held: 0, reason: "Connection lost" });
  server.isSilent = false;
  server.print("a");
  await settle(60_000);
  expect(texts()).toEqual(["a"]);
});

it("waits longer after each failure, and at once comes back when it succeeds", async () => {
  await settle();
  const before = server.attempts;
  server.isUp = false;
  server.cut();
  await settle(60_000);
  expect(server.attempts - before).toBeLessThan(12);
  server.isUp = true;
  await settle(20_000);
  expect(backend.connection).toEqual({ state: "open" });
});

it("asks for a login instead of trying for ever when it has expired", async () => {
  await settle();
  signedIn = false;
  server.isUp = false;
  server.cut();
  await settle(60_000);
  expect(backend.connection).toEqual({ state: "signed-out" });
});

it("refuses to stop what it cannot reach, and drops what was not sent", async () => {
  await settle();
  server.isUp = false;
  server.cut();
  backend.executeScript({ run: "r1", script: "1" });
  backend.interrupt();
  backend.interrupt();
  await settle();
  expect(refusals()).toEqual([
    { type: "error", run: "r1", message: "Stopped before it was sent." },
    { type: "error", message: "Not connected to the server: Stop could not be sent." },
  ]);
});

it("says that a script is too large instead of sending it for ever", async () => {
  await settle();
  backend.executeScript({ run: "r1", script: "x" });
  server.cut(1009);
  await settle();
  expect(received("run")).toHaveLength(1);
  expect(refusals()).toEqual([
    { type: "error", run: "r1", message: "The server refuses a script of this size." },
  ]);
});

const all: Method[] = ["complete", "inspect", "variables"];
const asked = () => received("query") as (Request & { type: "query" })[];

it("resolves each query with its own answer, in whatever order they come", async () => {
  server.capabilities = all;
  await settle();
  const names = backend.query("variables", {});
  const found = backend.query("inspect", { code: "x", cursor: 1 });
  const [first, second] = asked();
  expect([first, second]).toEqual([
    { type: "query", id: first!.id, method: "variables", params: {} },
    { type: "query", id: second!.id, method: "inspect", params: { code: "x", cursor: 1 } },
  ]);
  server.answer({ id: second!.id, result: { found: false } });
  server.answer({ id: "unknown", result: { found: true } });
  server.answer({ id: first!.id, result: { variables: [] } });
  expect(await names).toEqual({ variables: [] });
  expect(await found).toEqual({ found: false });
  await settle();
  expect(events.some(event => event.type === "answer")).toBe(false);
});

it("resolves a query that is refused, or whose connection is lost, with null", async () => {
  server.capabilities = all;
  await settle();
  const refused = backend.query("complete", { code: "", cursor: 0 });
  server.answer({ id: asked()[0]!.id, error: { message: "no", cause: "superseded" } });
  expect(await refused).toBeNull();
  const lost = backend.query("variables", {});
  server.cut();
  expect(await lost).toBeNull();
  expect(await backend.query("variables", {})).toBeNull();
  expect(refusals()).toEqual([]);
});

it("tells what may be asked once it is attached, again only when it changes, and asks no more", async () => {
  const told: (readonly Method[])[] = [];
  backend.subscribe({ events: () => {}, capabilities: methods => void told.push(methods) });
  server.capabilities = ["variables"];
  await settle();
  expect(await backend.query("inspect", { code: "", cursor: 0 })).toBeNull();
  server.cut();
  await settle();
  server.capabilities = all;
  server.cut();
  await settle();
  expect(told).toEqual([[], ["variables"], all]);
  expect(asked()).toEqual([]);
});
