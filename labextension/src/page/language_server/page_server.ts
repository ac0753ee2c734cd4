// Lazy chunk: the language server of the page's script, over jupyter-lsp.
//
// The socket is opened with the first question. When it is cut, or the server says nothing any more, the
// page connects anew, later each time; after some failures in a row only when it is asked again.
import { Compartment, StateEffect } from "@codemirror/state";
import { ViewPlugin, type EditorView } from "@codemirror/view";
import type * as lsp from "vscode-languageserver-protocol";
import { lookAgain } from "../../editor/language/diagnostics";
import type {
  LanguageServer,
  ServerCompletion,
  ServerFinding,
  Told,
} from "../../editor/language/server";
import type { PageConfig } from "../config";
import { onPreferences, preference } from "../storage";
import type { Choice } from "./choose";
import { Connection, SILENT } from "./connection";
import {
  completionsOf,
  findingsOf,
  iconOf,
  placeOf,
  positionAt,
  toldBy,
  toldOf,
  uriOf,
} from "./read";
import { ServerStatus } from "./status";

const FIRST_DELAY_MS = 1_000;
const MOST_FAILURES = 5;
const LONG_MS = 60_000;
const LET_GO = "Its process has ended.";

/// The server of `choice` for the script at `path` in `view`, whose status it shows, until the view is
/// destroyed.
export class PageServer implements LanguageServer {
  readonly name: string;
  private readonly status: ServerStatus;
  private readonly place = new Compartment();
  private readonly uri: string;
  private readonly rootUri: string;
  private readonly url: string;
  private readonly channel: BroadcastChannel | null;
  private readonly gone = new AbortController();
  private opening: Promise<Connection | null> | null = null;
  private connection: Connection | null = null;
  private isOff = false;
  private failures = 0;
  private retryAt = 0;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private claimed: Promise<boolean> | null = null;
  /// What it found by itself, and in which text.
  private published: { doc: unknown; found: readonly ServerFinding[] } | null = null;

  constructor(
    private readonly view: EditorView,
    { baseUrl, root }: PageConfig,
    path: string,
    private readonly choice: Choice,
    bar: HTMLElement,
  ) {
    this.name = choice.name;
    this.status = new ServerStatus(bar);
    this.rootUri = uriOf(root);
    this.uri = uriOf(`${root.replace(/[\\/]$/, "")}/${path}`);
    const url = new URL(`${baseUrl}lsp/ws/${encodeURIComponent(choice.key)}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.url = url.href;
    // A process that has ended is replaced when nobody is connected to it any more.
    this.channel = globalThis.BroadcastChannel ? new BroadcastChannel(`rdit ${this.url}`) : null;
    this.channel?.addEventListener("message", ({ data }) => this.connection?.close(String(data)));
    const disposing = ViewPlugin.define(() => ({ destroy: () => this.dispose() }));
    view.dispatch({ effects: StateEffect.appendConfig.of([this.place.of([]), disposing]) });
    this.gone.signal.addEventListener(
      "abort",
      onPreferences(() => this.onPreference()),
    );
  }

  async complete(pos: number): Promise<readonly ServerCompletion[] | null> {
    const answer = await this.at<lsp.CompletionItem[] | lsp.CompletionList>("completion", pos);
    return (
      answer &&
      completionsOf(answer).map(item => {
        const type = iconOf(item.kind);
        return { label: item.label, ...(type && { type }), told: () => this.told(item) };
      })
    );
  }

  async describe(pos: number): Promise<Told | null> {
    return toldBy((await this.at<lsp.Hover>("hover", pos))?.contents);
  }

  async definition(pos: number): Promise<{ path: string; line: number } | null> {
    return placeOf(await this.at<Parameters<typeof placeOf>[0] & object>("definition", pos));
  }

  async findings(): Promise<readonly ServerFinding[] | null> {
    const connection = await this.open();
    if (!connection) return null;
    const { doc } = this.view.state;
    let pulled: readonly ServerFinding[] | null = null;
    if (connection.client.serverCapabilities?.diagnosticProvider) {
      const answer = await connection.ask<lsp.DocumentDiagnosticReport>("textDocument/diagnostic", {
        textDocument: { uri: this.uri },
      });
      if (answer && "items" in answer) pulled = findingsOf(doc, answer.items);
    } else connection.client.sync();
    // Which way it goes the server has settled with who came first, another page or JupyterLab.
    const published = this.published?.doc === doc ? this.published.found : null;
    return pulled?.length ? pulled : (published ?? pulled);
  }

  private async at<Answer>(what: string, pos: number): Promise<Answer | null> {
    const connection = await this.open();
    const { doc } = this.view.state;
    if (!connection || pos > doc.length) return null;
    return connection.ask<Answer>(`textDocument/${what}`, {
      textDocument: { uri: this.uri },
      position: positionAt(doc, pos),
    });
  }

  private async told(item: lsp.CompletionItem): Promise<Told | null> {
    const canResolve = this.connection?.client.serverCapabilities?.completionProvider;
    if (item.documentation || !canResolve?.resolveProvider) return toldOf(item);
    const { connection } = this;
    const more = await connection!.ask<lsp.CompletionItem>("completionItem/resolve", item);
    return toldOf(more ?? item);
  }

  // -- its connection -------------------------------------------------------------------------------

  /// Null while there is none.
  private open(): Promise<Connection | null> {
    if (this.gone.signal.aborted || this.waiting) return Promise.resolve(null);
    if (performance.now() < this.retryAt) return Promise.resolve(null);
    return (this.opening ??= this.connect());
  }

  private async connect(): Promise<Connection | null> {
    if (!(await (this.claimed ??= this.claim()))) return null;
    this.status.show(this.name, { is: "starting" });
    const connection = new Connection(
      this.choice.key,
      this.url,
      this.rootUri,
      this.uri,
      ({ version, diagnostics }) => {
        const file = connection.client.workspace.getFile(this.uri);
        if (!file || (version != null && version !== file.version)) return;
        this.published = { doc: file.doc, found: findingsOf(file.doc, diagnostics) };
        this.look();
      },
    );
    this.connection = connection;
    void connection.ended.then(why => this.onEnd(why));
    if (!(await connection.ready()) || this.gone.signal.aborted) return null;
    this.view.dispatch({ effects: this.place.reconfigure(connection.extension) });
    const isBack = this.failures > 0;
    this.failures = 0;
    this.status.show(this.name, { is: "working" });
    if (isBack) this.look();
    return connection;
  }

  /// One page of this browser has a script in the server, which has one text for each file. False if it
  /// is not this page's turn yet: then it looks again when it is.
  private claim(): Promise<boolean> {
    const { locks } = navigator;
    const { signal } = this.gone;
    if (!locks) return Promise.resolve(true);
    const name = `rdit language server ${this.uri}`;
    const held = () => new Promise<void>(end => signal.addEventListener("abort", () => end()));
    const queue = () =>
      locks
        .request(name, { signal }, () => {
          this.claimed = Promise.resolve(true);
          this.opening = null;
          this.look();
          return held();
        })
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
    return new Promise((resolve, reject) => {
      const take = (lock: Lock | null) => {
        resolve(lock !== null);
        if (lock) return held();
        const why = "This script is open in another tab, which has the language server for it.";
        this.status.show(this.name, { is: "waiting", why });
        void queue();
        return undefined;
      };
      locks.request(name, { ifAvailable: true }, take).catch(reject);
    });
  }

  private onEnd(why: string) {
    this.connection = this.opening = this.published = null;
    if (this.gone.signal.aborted) return;
    this.view.dispatch({ effects: this.place.reconfigure([]) });
    if (this.isOff) return;
    this.failures++;
    const delay = FIRST_DELAY_MS * 2 ** (this.failures - 1);
    if (this.failures >= MOST_FAILURES) {
      this.retryAt = performance.now() + LONG_MS;
      return this.status.show(this.name, { is: "failed", why });
    }
    if (why === SILENT) this.channel?.postMessage(LET_GO);
    this.status.show(this.name, { is: "waiting", why: `${why} Connecting again.` });
    this.waiting = setTimeout(() => {
      this.waiting = undefined;
      void this.open();
    }, delay);
  }

  private onPreference() {
    const isOff = preference("languageServer") === "off";
    if (isOff === this.isOff) return;
    this.isOff = isOff;
    if (isOff) {
      clearTimeout(this.waiting);
      this.waiting = undefined;
      this.connection?.close();
      this.status.show(this.name, null);
    }
    this.look();
  }

  private look() {
    this.view.dispatch({ effects: lookAgain.of(null) });
  }

  private dispose() {
    this.gone.abort();
    clearTimeout(this.waiting);
    this.channel?.close();
    this.connection?.close();
    this.status.remove();
  }
}
