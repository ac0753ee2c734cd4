// Chooses where a page's code runs: on the server if rdit answers there, else in this browser.
// Knows the candidates, but neither the editor nor the page.
import type { ExecutionBackend } from "./backend";

const HEALTH_MS = 3_000;

/// A Jupyter server with rdit.
export interface ServerAddress {
  /// Absolute, ending in a slash.
  baseUrl: string;
  token: string;
  /// Of another origin than the page: not trusted without the user's consent.
  isForeign: boolean;
  /// The host, as shown to the user.
  name: string;
}

/// The backend chosen, and why.
export interface Chosen {
  backend: ExecutionBackend;
  /// Why this backend was chosen, as a sentence for the user.
  reason: string;
  /// The server used, or available as the alternative; null if there is none.
  server: ServerAddress | null;
}

/// The candidates, and how to make a backend of each.
export interface Choices {
  /// The page's URL. Its query may choose: `?backend=pyodide|server`, `?python-server=URL`.
  page: URL;
  /// Base URL of the server that served the page; null for a page of a static site.
  own: string | null;
  isBrowserAllowed: boolean;
  /// Asks the user whether code may be sent to a server of another origin. Before that, no request
  /// goes there.
  confirm(server: ServerAddress): Promise<boolean>;
  makeServer(server: ServerAddress): ExecutionBackend;
  makePyodide(): Promise<ExecutionBackend>;
}

interface Decision {
  kind: ExecutionBackend["kind"];
  reason: string;
  server: ServerAddress | null;
}

let decided: Promise<Decision> | null = null;
let made = new WeakMap<Choices, Promise<Chosen>>();

/// The backend for these choices. All callers share one decision, and those with the same `choices`
/// one backend; after a rejection the next call decides again.
export function getBackend(choices: Choices): Promise<Chosen> {
  let chosen = made.get(choices);
  if (!chosen) {
    chosen = (decided ??= decide(choices)).then(decision => make(choices, decision));
    made.set(choices, chosen);
    chosen.catch(() => {
      decided = null;
      made.delete(choices);
    });
  }
  return chosen;
}

/// Discards decision and backends, so that the next call decides again.
export function forgetBackend() {
  decided = null;
  made = new WeakMap();
}

/// Logs the backend in use to the console.
export function sayBackend({ kind }: ExecutionBackend) {
  console.log(kind === "server" ? "Using Python server backend" : "Falling back to Pyodide");
}

async function make(choices: Choices, { kind, reason, server }: Decision): Promise<Chosen> {
  const backend = kind === "server" ? choices.makeServer(server!) : await choices.makePyodide();
  sayBackend(backend);
  return { backend, reason, server };
}

async function decide(choices: Choices): Promise<Decision> {
  const { server, declined } = await findServer(choices);
  const wanted = choices.page.searchParams.get("backend");
  const useServer = (reason: string): Decision => ({ kind: "server", reason, server });
  const usePyodide = (reason: string): Decision => ({ kind: "pyodide", reason, server });
  if (wanted === "server" && server) return useServer("The address of this page asks for it.");
  if (!choices.isBrowserAllowed && server) return useServer("Code runs on the server only here.");
  if (wanted === "pyodide") return usePyodide("The address of this page asks for it.");
  if (!server)
    return usePyodide(declined || "This page comes from a site that has no server for Python.");
  const { isHealthy, reason } = await askHealth(server);
  return isHealthy ? useServer(reason) : usePyodide(reason);
}

async function findServer(choices: Choices) {
  const { page, own } = choices;
  const named = page.searchParams.get("python-server");
  const other = named ? await (await import("./named_server")).otherServer(named, choices) : null;
  if (other?.server) return { server: other.server, declined: "" };
  const server = own === null ? null : ownServer(own, page);
  return { server, declined: other?.declined ?? "" };
}

/// The server that served the page, by its base URL.
export function ownServer(own: string, page: URL): ServerAddress {
  const { origin, pathname, host } = new URL(own, page);
  return { baseUrl: `${origin}${pathname}`, token: "", isForeign: false, name: host };
}

/// The reply of rdit's health endpoint.
export interface Health {
  isHealthy: boolean;
  /// The cause, as a sentence for the user.
  reason: string;
  /// Whether this user may run code; null if the server does not tell.
  mayExecute: boolean | null;
}

/// Asks rdit's health endpoint, for at most `timeout` milliseconds. Never rejects; starts no
/// kernel.
export async function askHealth(server: ServerAddress, timeout = HEALTH_MS): Promise<Health> {
  const unhealthy = (reason: string) => ({ isHealthy: false, reason, mayExecute: null });
  try {
    const answer = await fetch(`${server.baseUrl}rdit/health`, {
      cache: "no-store",
      signal: AbortSignal.timeout(timeout),
      ...(server.token && { headers: { Authorization: `token ${server.token}` } }),
      ...(server.isForeign && { credentials: "omit" }),
    });
    if (!answer.ok) return unhealthy(`The server answers ${answer.status}.`);
    const health = (await answer.json()) as { status?: string; mayExecute?: boolean };
    if (health.status !== "ok") return unhealthy("The server answers, but rdit is not there.");
    const mayExecute = health.mayExecute ?? null;
    return { isHealthy: true, reason: `${server.name} answers.`, mayExecute };
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === "TimeoutError";
    if (isLate) return unhealthy(`The server did not answer within ${timeout / 1000} s.`);
    return unhealthy("The server does not answer.");
  }
}
