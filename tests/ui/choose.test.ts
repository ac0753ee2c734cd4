import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ExecutionBackend } from "../../labextension/src/backends/backend";
import {
  askHealth,
  forgetBackend,
  getBackend,
  ownServer,
  type Choices,
  type ServerAddress,
} from "../../labextension/src/backends/choose";
import { serverAt } from "../../labextension/src/backends/named_server";

const backend = (kind: "server" | "pyodide") => ({ kind }) as ExecutionBackend;
const OWN = "https://hub.example/user/ada/";

function choices(query = "", more: Partial<Choices> = {}) {
  const used: ServerAddress[] = [];
  const all: Choices = {
    page: new URL(`${OWN}rdit/edit/a.py${query}`),
    own: OWN,
    isBrowserAllowed: true,
    confirm: async () => false,
    makeServer: server => (used.push(server), backend("server")),
    makePyodide: async () => backend("pyodide"),
    ...more,
  };
  return { all, used };
}

const said: string[] = [];
let asked: { url: string; init: RequestInit }[] = [];
let answer: () => Promise<Response>;

beforeEach(() => {
  forgetBackend();
  said.length = 0;
  asked = [];
  answer = async () => Response.json({ status: "ok", version: "1" });
  vi.spyOn(console, "log").mockImplementation(line => void said.push(String(line)));
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    asked.push({ url, init });
    return answer();
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("getBackend", () => {
  it("takes the server when it answers, and says so", async () => {
    const { all } = choices();
    const chosen = await getBackend(all);
    expect(chosen.backend.kind).toBe("server");
    expect(chosen.reason).toBe("hub.example answers.");
    expect(said).toEqual(["Using Python server backend"]);
    expect(asked.map(({ url }) => url)).toEqual([`${OWN}rdit/health`]);
  });

  it("asks once, and gives all callers the one pending answer", async () => {
    const { all, used } = choices();
    const [one, two] = await Promise.all([getBackend(all), getBackend(all)]);
    const three = await getBackend(all);
    expect(two).toBe(one);
    expect(three).toBe(one);
    expect([asked.length, used.length]).toEqual([1, 1]);
  });

  it.each([
    ["refuses", async () => new Response("no", { status: 502 }), "The server answers 502."],
    ["is another", async () => Response.json({}), "The server answers, but rdit is not there."],
    ["is gone", () => Promise.reject(new TypeError("x")), "The server does not answer."],
    ["is a page", async () => new Response("<html>"), "The server does not answer."],
  ])("takes the browser when the server %s, and says why", async (_, what, reason) => {
    answer = what;
    const chosen = await getBackend(choices().all);
    expect([chosen.backend.kind, chosen.reason]).toEqual(["pyodide", reason]);
    expect(said).toEqual(["Falling back to Pyodide"]);
  });

  it("waits for a slow server no longer than its time", async () => {
    vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => {
      return new Promise((_, reject) =>
        signal!.addEventListener("abort", () => reject(signal!.reason)),
      );
    });
    const health = await askHealth(ownServer(OWN, new URL(OWN)), 5);
    expect(health).toEqual({
      isHealthy: false,
      reason: "The server did not answer within 0.005 s.",
      mayExecute: null,
    });
  });

  it("asks nobody where there is no server", async () => {
    const chosen = await getBackend(choices("", { own: null }).all);
    expect(chosen.backend.kind).toBe("pyodide");
    expect(chosen.server).toBeNull();
    expect(asked).toEqual([]);
  });

  it.each(["server", "pyodide"])(
    "is told by the address to take %s, and asks nobody",
    async kind => {
      const chosen = await getBackend(choices(`?backend=${kind}`).all);
      expect(chosen.backend.kind).toBe(kind);
      expect(asked).toEqual([]);
    },
  );

  it("takes the server where the browser is not allowed, whatever the address says", async () => {
    const chosen = await getBackend(choices("?backend=pyodide", { isBrowserAllowed: false }).all);
    expect(chosen.backend.kind).toBe("server");
  });

  it("may be tried again when it failed", async () => {
    answer = () => Promise.reject(new TypeError("x"));
    const broken = choices("", { makePyodide: () => Promise.reject(new Error("no network")) });
    await expect(getBackend(broken.all)).rejects.toThrow("no network");
    expect((await getBackend(choices().all)).backend.kind).toBe("pyodide");
  });
});

describe("a server of another origin", () => {
  const query = `?python-server=${encodeURIComponent("https://other.example/x/rdit?token=secret")}`;

  it("is asked nothing when the person does not agree", async () => {
    const { all, used } = choices(query);
    const chosen = await getBackend(all);
    expect(asked.map(({ url }) => url)).toEqual([`${OWN}rdit/health`]);
    expect(used.map(({ baseUrl }) => baseUrl)).toEqual([OWN]);
    expect(chosen.server!.token).toBe("");
  });

  it("is named to the person before anything goes there", async () => {
    const { all, used } = choices(query, {
      confirm: async server => {
        expect(asked).toEqual([]);
        return server.name === "other.example";
      },
    });
    await getBackend(all);
    expect(used).toEqual([
      {
        baseUrl: "https://other.example/x/",
        token: "secret",
        isForeign: true,
        name: "other.example",
      },
    ]);
    // Its own token, and none of the person's cookies.
    expect(asked[0]!.init).toMatchObject({
      credentials: "omit",
      headers: { Authorization: "token secret" },
    });
  });

  it.each(["javascript:alert(1)", "ftp://x.example/", "http://"])("is no server: %s", address => {
    expect(serverAt(address, new URL(OWN))).toBeNull();
  });

  it("of the page's own origin is nobody else's", () => {
    expect(serverAt("/user/ada/lab", new URL(OWN))).toEqual({
      baseUrl: OWN,
      token: "",
      isForeign: false,
      name: "hub.example",
    });
  });
});
