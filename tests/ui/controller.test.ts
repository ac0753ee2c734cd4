// The controller of an open script: what a user is told and asked, over a real backend and a server
// in memory.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PythonServerBackend } from "../../labextension/src/backends/server";
import type { Event, PlannedStatement } from "../../labextension/src/protocol";
import { Controller, type ControllerHost } from "../../labextension/src/session/controller";
import type { Banner, Notifier } from "../../labextension/src/session/notifier";
import { FakeServer } from "./fake_server";

class Noted implements Notifier {
  readonly banners = new Map<string, Banner>();
  readonly toasts: string[] = [];
  banner = (banner: Banner) => void this.banners.set(banner.id, banner);
  has = (id: string) => this.banners.has(id);
  clear = (id: string) => void this.banners.delete(id);
  toast = (text: string) => void this.toasts.push(text);
}

let server: FakeServer;
let notifier: Noted;
let controller: Controller;
let signedIn: boolean | null;
let answer: boolean;
let questions: string[];
let changes: number;

function open(more: Partial<ControllerHost> = {}) {
  const backend = new PythonServerBackend("ws://test", async () => signedIn, server.open);
  controller = new Controller(backend, {
    notifier,
    confirm: async ({ about }) => (questions.push(about), answer),
    editor: {},
    toggleLayout: () => {},
    runKey: () => "Shift-Enter",
    onChange: () => void changes++,
    ...more,
  });
}

beforeEach(async () => {
  vi.useFakeTimers();
  [server, notifier] = [new FakeServer(), new Noted()];
  [signedIn, answer, questions, changes] = [true, true, [], 0];
  open();
  await settle();
});

afterEach(() => {
  controller.dispose();
  vi.useRealTimers();
});

const settle = (ms = 1_000) => vi.advanceTimersByTimeAsync(ms);
const emit = async (...events: object[]) => {
  for (const event of events) server.emit(event as Event);
  await settle(100);
};
const statement = { nodeIndex: 0, lineStart: 3, lineEnd: 3 } as PlannedStatement;
const session = (state: string, reason = "") => ({
  type: "session",
  session: "s",
  state,
  kernel: { id: "k", name: "python3", displayName: "Python 3" },
  reason,
});
const begin = () =>
  emit(
    session("busy"),
    { type: "plan", run: "r", statements: [statement] },
    { type: "status", run: "r", nodeIndex: 0, status: "running" },
  );
const received = (type: string) => server.received.filter(request => request.type === type);
const text = (id: string) => notifier.banners.get(id)?.text;

it("says where the kernel died, once, and that its names are lost", async () => {
  await begin();
  await emit(
    { type: "done", run: "r", status: "died", reason: "The kernel was killed." },
    session("dead", "The kernel was killed."),
  );
  expect([...notifier.banners.keys()]).toEqual(["kernel"]);
  expect(text("kernel")).toBe(
    "The kernel died in line 3. It was killed. What it had defined is lost; run again to go on.",
  );
  expect(notifier.banners.get("kernel")!.actions!.map(({ label }) => label)).toEqual([
    "Go to line 3",
  ]);
  await begin();
  expect(notifier.has("kernel")).toBe(false);
});

it("says nothing of a death that was before the script was opened", async () => {
  await begin();
  await emit({ type: "done", run: "r", status: "died", reason: "It was killed." });
  controller.dispose();
  notifier = new Noted();
  open();
  await settle();
  expect(controller.status.death).not.toBeNull();
  expect([...notifier.banners.keys()]).toEqual([]);
});

it("says why there is no kernel, with what the host offers instead", async () => {
  controller.dispose();
  const action = { label: "Elsewhere", run: () => {} };
  open({ alternative: () => ({ text: "Or elsewhere.", actions: [action] }) });
  await settle();
  await emit(session("dead", "No kernel could be started."));
  expect(text("kernel")).toBe("No kernel could be started. Or elsewhere.");
  expect(notifier.banners.get("kernel")!.actions).toEqual([action]);
});

it("says nothing of an end that the user wanted, and tells the next one", async () => {
  controller.expectEnd();
  await emit(session("dead", "Shut down."));
  expect(notifier.has("kernel")).toBe(false);
  await emit(session("busy"), session("dead", "Killed."));
  expect(text("kernel")).toBe("Killed.");
});

it("tells of a lost connection after a while only, and clears that when it is back", async () => {
  server.isUp = false;
  server.cut();
  await settle(500);
  expect(notifier.has("connection")).toBe(false);
  await settle(10_000);
  expect(text("connection")).toContain("Trying again; what runs goes on meanwhile");
  server.isUp = true;
  await settle(60_000);
  expect(controller.connection.state).toBe("open");
  expect(notifier.has("connection")).toBe(false);
});

it("leaves the explanation to a host that has one", async () => {
  controller.dispose();
  const onUnreachable = vi.fn();
  open({ isRefused: () => true, onUnreachable });
  await settle();
  server.isUp = false;
  server.cut();
  await settle(10_000);
  expect(notifier.has("connection")).toBe(false);
  expect(onUnreachable).not.toHaveBeenCalled();
});

it("asks to sign in again when the login has expired", async () => {
  controller.dispose();
  const action = { label: "Sign in again", run: () => {}, href: "/login" };
  open({ signIn: () => action });
  await settle();
  signedIn = false;
  server.isUp = false;
  server.cut();
  await settle(60_000);
  expect(text("connection")).toContain("no longer signed in");
  expect(notifier.banners.get("connection")!.actions).toEqual([action]);
});

it("offers force when a run does not stop, until it has", async () => {
  await begin();
  void controller.interrupt();
  await settle(1_000);
  expect(notifier.has("stop")).toBe(false);
  await settle(2_000);
  expect(notifier.banners.get("stop")!.actions!.map(({ label }) => label)).toEqual([
    "Stop by force",
    "Restart kernel",
  ]);
  notifier.banners.get("stop")!.actions![0]!.run();
  await settle(10);
  expect(received("interrupt")).toHaveLength(2);
  await emit({ type: "done", run: "r", status: "interrupted" }, session("idle"));
  expect(notifier.has("stop")).toBe(false);
  await settle(10_000);
  expect(notifier.has("stop")).toBe(false);
});

it.each([
  ["reset", () => controller.reset()],
  ["restart", () => controller.restart()],
] as const)("does %s only if the user confirms", async (about, act) => {
  answer = false;
  await act();
  await settle(10);
  expect([questions, received("reset")]).toEqual([[about], []]);
  answer = true;
  await act();
  await settle(10);
  expect(received("reset")).toHaveLength(1);
});

it("restarts in the host's way, if it has one", async () => {
  controller.dispose();
  open({ restart: async () => false });
  await settle();
  expect(await controller.restart()).toBe(false);
  expect([questions, received("reset")]).toEqual([[], []]);
});

it("tells that the namespace was cleared, and which modules were loaded anew", async () => {
  await emit(session("reset"), { type: "plan", run: "r", statements: [], reloaded: ["helper"] });
  expect(notifier.toasts).toEqual(["Edited, loaded anew: helper", "The namespace is empty."]);
});

it("leaves nothing behind: no timer, no connection, no notice", async () => {
  await begin();
  void controller.interrupt();
  await settle(3_000);
  server.isUp = false;
  server.cut();
  await settle(500);
  expect(notifier.has("stop")).toBe(true);
  controller.dispose();
  expect([...notifier.banners.keys()]).toEqual([]);
  const before = { changes, attempts: server.attempts };
  await settle(120_000);
  expect({ changes, attempts: server.attempts }).toEqual(before);
  expect(vi.getTimerCount()).toBe(0);
});
