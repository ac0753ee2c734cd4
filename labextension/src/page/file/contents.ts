// Files through Jupyter's Contents API only, so that its root, permissions and managers apply.
// Every method rejects with a `ContentsError`; status 0: no answer.
import { bytesOfBase64 } from "../../results/base64";
import { contentsUrl } from "../config";

/// A file or folder without its content. `lastModified` is an opaque version, never parsed as a
/// time.
export interface Entry {
  name: string;
  path: string;
  type: "file" | "directory" | "notebook";
  writable: boolean;
  lastModified: string;
  hash?: string;
  /// In bytes, if known.
  size?: number;
}

export interface TextFile extends Entry {
  content: string;
}

/// A failed request: the HTTP status (0 if there was no answer), and a message for the user.
export class ContentsError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

interface Model {
  name: string;
  path: string;
  type: Entry["type"];
  writable: boolean;
  last_modified: string;
  hash?: string | null;
  size?: number | null;
  content?: unknown;
}

/// The interface of a store of scripts: a server, or this browser.
export type Files = Pick<Contents, "open" | "list" | "look" | "save" | "read">;

export class Contents {
  constructor(private readonly baseUrl: string) {}

  /// The text of a file, with its line ends and byte order mark.
  async open(path: string): Promise<TextFile> {
    const model = await this.ask("GET", path, "type=file&format=text&content=1&hash=1");
    return { ...asEntry(model), content: model.content as string };
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const model = await this.ask("GET", path, "type=file&format=base64&content=1");
    return bytesOfBase64(model.content as string);
  }

  async list(path: string): Promise<Entry[]> {
    const model = await this.ask("GET", path, "type=directory&content=1");
    return (model.content as Model[]).map(asEntry);
  }

  /// Metadata of a file. Without `hash`, the server need not read it. `no_track_activity`: the page
  /// polls every few seconds, which would otherwise keep an idle server from being culled.
  async look(path: string, { hash = false } = {}): Promise<Entry> {
    const query = `content=0&type=file&no_track_activity=1${hash ? "&hash=1" : ""}`;
    return asEntry(await this.ask("GET", path, query));
  }

  async save(path: string, content: string): Promise<Entry> {
    return asEntry(await this.ask("PUT", path, "", { type: "file", format: "text", content }));
  }

  private async ask(method: string, path: string, query: string, body?: object): Promise<Model> {
    const url = `${contentsUrl(this.baseUrl, path)}${query && `?${query}`}`;
    return (await ask(method, url, body)) as Model;
  }
}

/// Asks the server of this page, and resolves with its answer. Rejects with a `ContentsError`.
export async function ask(
  method: string,
  url: string,
  body?: object,
  signal?: AbortSignal,
  read = (answer: Response): Promise<unknown> => answer.json(),
): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      method,
      cache: "no-store",
      headers: { "Content-Type": "application/json", "X-XSRFToken": xsrfToken() },
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    if (answer.ok) return await read(answer);
  } catch {
    throw new ContentsError(0, "The server does not answer.");
  }
  throw new ContentsError(answer.status, await reasonOf(answer));
}

async function reasonOf(answer: Response): Promise<string> {
  try {
    const { message } = (await answer.json()) as { message?: string };
    if (message) return message;
  } catch {
    // not JSON (a proxy's error page): report the status
  }
  return `The server answers ${answer.status} ${answer.statusText}`.trim() + ".";
}

/// What Jupyter knows its own pages by; "" where it does not ask for it. Read at each request, since a hub
/// renews the cookie.
export function xsrfToken(): string {
  return /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

function asEntry(model: Model): Entry {
  const { name, path, type, writable, last_modified, hash, size } = model;
  return {
    name,
    path,
    type,
    writable,
    lastModified: last_modified,
    ...(hash && { hash }),
    ...(typeof size === "number" && { size }),
  };
}
