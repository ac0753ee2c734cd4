// One connection to a language server, from its socket to its end; there is no way back from that.
import { LSPClient } from "@codemirror/lsp-client";
import type { Extension } from "@codemirror/state";
import type * as lsp from "vscode-languageserver-protocol";
import { SharedTransport } from "./transport";

// jupyter-lsp does not say when a server's process has ended: it only says nothing any more.
const SILENCE_MS = 10_000;
const PATIENCE_MS = 30_000;

/// How a connection ends whose server says nothing any more.
export const SILENT = "It does not answer.";

const capabilities = {
  textDocument: {
    completion: { completionItem: { snippetSupport: false } },
    publishDiagnostics: { versionSupport: true },
  },
};
/// Without this pyrefly finds errors of types only in a project that has a configuration of it.
const OPTIONS: Readonly<Record<string, object>> = { pyrefly: { displayTypeErrors: "force-on" } };

export class Connection {
  readonly client: LSPClient;
  /// Resolves at its end, with the reason for the user.
  readonly ended: Promise<string>;
  /// Keeps the server's copy of the script. To be put into the editor when `ready` has resolved.
  readonly extension: Extension;
  private readonly transport: SharedTransport;
  private readonly socket: WebSocket;
  private end!: (why: string) => void;
  private isOver = false;
  private isReady = false;

  constructor(
    key: string,
    url: string,
    rootUri: string,
    readonly uri: string,
    onPublished: (published: lsp.PublishDiagnosticsParams) => void,
  ) {
    this.socket = new WebSocket(url);
    this.transport = new SharedTransport(this.socket);
    this.client = new LSPClient({
      rootUri,
      ...(OPTIONS[key] && { initializationOptions: { [key]: OPTIONS[key] } }),
      timeout: PATIENCE_MS,
      extensions: [{ clientCapabilities: capabilities }],
      notificationHandlers: {
        "textDocument/publishDiagnostics": (_, published: lsp.PublishDiagnosticsParams) => {
          if (published.uri === uri) onPublished(published);
          return true;
        },
        // For its own log: the status bar says how it fares.
        "window/logMessage": () => true,
        "window/showMessage": () => true,
      },
    });
    this.extension = this.client.plugin(uri, "python");
    this.ended = new Promise(resolve => (this.end = resolve));
    void this.ended.then(() => {
      this.isOver = true;
      // After what is still to be sent: that the script is closed.
      setTimeout(() => this.socket.close());
    });
    this.socket.addEventListener("close", () => this.end("Its connection was lost."));
  }

  /// Resolves when the server can be asked; false if it ended before.
  ready(): Promise<boolean> {
    const opened = new Promise<void>(resolve =>
      this.socket.addEventListener("open", () => resolve(), { once: true }),
    );
    const started = opened.then(async () => {
      this.client.connect(this.transport);
      await this.client.initializing;
      this.isReady = true;
      return true;
    });
    const failed = started.catch((error: unknown) => {
      this.close(`It did not start: ${reasonOf(error)}.`);
      return false;
    });
    return Promise.race([failed, this.ended.then(() => false)]);
  }

  close(why = "") {
    this.end(why);
  }

  /// Sends what has changed in the script, and asks; null if there is no answer.
  async ask<Result>(method: string, params: object): Promise<Result | null> {
    if (!this.isReady || this.isOver) return null;
    this.client.sync();
    const since = performance.now();
    const watch = setTimeout(() => {
      if (this.transport.heard < since) this.close(SILENT);
    }, SILENCE_MS);
    // A refusal is an answer: it cannot do this, or not now.
    const asked = this.client.request<object, Result>(method, params).catch(() => null);
    const answer = await Promise.race([asked, this.ended.then(() => null)]);
    clearTimeout(watch);
    return answer;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message.toLowerCase();
  return String((error as { message?: string })?.message ?? error);
}
