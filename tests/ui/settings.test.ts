// The user's preferences: in this browser, and exchanged with a server.
import { beforeEach, expect, it, vi } from "vitest";
import { isValueOf, pageSettings } from "../../labextension/src/session/settings";

const stored = new Map<string, string>();
let listener: ((event: { key: string }) => void) | undefined;
vi.stubGlobal("localStorage", {
  getItem: (key: string) => stored.get(key) ?? null,
  setItem: (key: string, value: string) => void stored.set(key, value),
  removeItem: (key: string) => void stored.delete(key),
});
vi.stubGlobal("addEventListener", (_: string, listen: typeof listener) => (listener = listen));
vi.stubGlobal("document", { cookie: "" });

/// A server of settings, which may refuse.
class Server {
  settings: Record<string, unknown> = {};
  asked: [string, unknown?][] = [];
  status = 200;
  readonly fetch = async (_: string, { method, body }: { method: string; body?: string }) => {
    const changes = body && (JSON.parse(body) as { settings: Record<string, unknown> }).settings;
    this.asked.push(changes ? [method, changes] : [method]);
    if (this.status === 0) throw new TypeError("no network");
    if (this.status !== 200)
      return new Response('{"message": "Not now."}', { status: this.status });
    Object.assign(this.settings, changes);
    for (const [name, value] of Object.entries(this.settings))
      if (value === null) delete this.settings[name];
    return Response.json({ settings: this.settings });
  };
}

let server: Server;
let storage: typeof import("../../labextension/src/page/storage");
let sync: typeof import("../../labextension/src/page/settings_sync");
let said: string[];
const settle = () => new Promise(resolve => setTimeout(resolve, 5));

/// A page that is loaded now.
async function load() {
  vi.resetModules();
  storage = await import("../../labextension/src/page/storage");
  sync = await import("../../labextension/src/page/settings_sync");
  storage.openPreferences("/base/");
}
const start = async () => {
  sync.startSync("/base/", text => said.push(text));
  await settle();
};

beforeEach(async () => {
  stored.clear();
  [server, said] = [new Server(), []];
  vi.stubGlobal("fetch", server.fetch);
  await load();
});

it("has the defaults of the table", () => {
  for (const [name, row] of Object.entries(pageSettings))
    expect(storage.preference(name as keyof typeof pageSettings)).toBe(row.default);
});

it("knows what was set when the page is loaded again, before any server has answered", async () => {
  storage.setPreference("theme", "dark");
  storage.setPreference("key:rdit:run", ["F9"]);
  await load();
  expect(storage.preference("theme")).toBe("dark");
  expect(storage.userKeys("rdit:run")).toEqual(["F9"]);
  expect(storage.isModified("theme")).toBe(true);
});

it("goes back to the default, also where version 0.1 has kept a value", async () => {
  stored.set("rdit.wrap", "true");
  expect(storage.preference("wrap")).toBe(true);
  storage.setPreference("wrap", undefined);
  expect(storage.preference("wrap")).toBe(false);
  expect(storage.isModified("wrap")).toBe(false);
});

it("takes over what the server has, and says nothing of what it does not know", async () => {
  server.settings = { theme: "dark", fontSize: 15, ofTheFuture: 1, wrap: "yes", layout: "above" };
  Object.assign(server.settings, { "key:rdit:run": ["F9"], "key:rdit:save": ["Foo-x"] });
  let changes = 0;
  storage.onPreferences(() => changes++);
  await start();
  expect(storage.preference("theme")).toBe("dark");
  expect(storage.preference("fontSize")).toBe(15);
  expect(storage.preference("wrap")).toBe(false);
  expect(storage.preference("layout")).toBe(pageSettings.layout.default);
  expect(storage.userKeys("rdit:run")).toEqual(["F9"]);
  expect(storage.userKeys("rdit:save")).toBeUndefined();
  expect(changes).toBe(1);
  expect(server.asked).toEqual([["GET"]]);
});

it("sends what is changed, name by name, and nothing twice", async () => {
  await start();
  storage.setPreference("theme", "dark");
  storage.setPreference("fontSize", 15);
  storage.setPreference("fontSize", 16);
  await settle();
  expect(server.settings).toEqual({ theme: "dark", fontSize: 16 });
  const sent = server.asked.filter(([method]) => method === "PATCH").map(([, changes]) => changes);
  expect(sent).toEqual([{ theme: "dark" }, { fontSize: 16 }]);
  storage.setPreference("theme", undefined);
  await settle();
  expect(server.settings).toEqual({ fontSize: 16 });
});

it("lets another machine's change of another setting be", async () => {
  await start();
  server.settings.wrap = true;
  storage.setPreference("theme", "dark");
  await settle();
  expect(server.settings).toEqual({ theme: "dark", wrap: true });
  expect(storage.preference("wrap")).toBe(true);
});

it("keeps what a server does not take, says so once, and sends it when the page is loaded again", async () => {
  await start();
  server.status = 500;
  storage.setPreference("theme", "dark");
  await settle();
  storage.setPreference("theme", "light");
  await settle();
  expect(storage.preference("theme")).toBe("light");
  expect(said).toEqual(["The settings are kept in this browser only, for now: Not now."]);
  server.status = 200;
  await load();
  await start();
  expect(server.settings).toEqual({ theme: "light" });
  expect(storage.preference("theme")).toBe("light");
});

it("goes on with what this browser knows where no server answers", async () => {
  storage.setPreference("theme", "dark");
  server.status = 0;
  await load();
  await start();
  expect(storage.preference("theme")).toBe("dark");
  expect(said).toEqual([]);
});

it("takes over what another tab has changed", async () => {
  let changes = 0;
  storage.onPreferences(() => changes++);
  stored.set("rdit.settings:/base/", JSON.stringify({ values: { theme: "dark" }, unsent: [] }));
  listener!({ key: "rdit.settings:/base/" });
  expect(storage.preference("theme")).toBe("dark");
  expect(changes).toBe(1);
});

it("knows the values of a setting", () => {
  const { theme, fontSize, wrap, fontFamily } = pageSettings;
  expect([isValueOf(theme, "dark"), isValueOf(theme, "red")]).toEqual([true, false]);
  expect([8, 40, 7, 41, 9.5, "9", NaN].map(value => isValueOf(fontSize, value))).toEqual([
    ...[true, true, false, false, false, false, false],
  ]);
  expect([isValueOf(wrap, true), isValueOf(wrap, 1), isValueOf(fontFamily, "x")]).toEqual([
    ...[true, false, true],
  ]);
});
