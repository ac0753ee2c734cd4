// One socket of jupyter-lsp, as a transport of CodeMirror's client.
//
// jupyter-lsp has one process for each server, and passes what it says to everyone who is connected: to
// all pages, and JupyterLab. So each page marks the ids of its requests, and takes only answers that have
// its mark. The process is initialized by who comes first; some refuse a second time, and are ready.
import type { Transport } from "@codemirror/lsp-client";
import type { InitializeParams } from "vscode-languageserver-protocol";

/// What is asked of a server that another page has initialized, if it does not say what it can do.
const ASSUMED = {
  textDocumentSync: 2,
  completionProvider: {},
  hoverProvider: true,
  definitionProvider: true,
  diagnosticProvider: {},
};

interface Message {
  id?: number | string;
  method?: string;
  params?: unknown;
  error?: unknown;
}

export class SharedTransport implements Transport {
  /// When the server said anything, to anyone; milliseconds.
  heard = 0;
  private readonly mark = `rdit-${Math.random().toString(36).slice(2)}:`;
  private readonly handlers = new Set<(message: string) => void>();
  private initializing: number | string | undefined;

  constructor(private readonly socket: WebSocket) {
    socket.addEventListener("message", ({ data }) => this.onMessage(String(data)));
  }

  /// Nothing is sent when the socket is closed: its owner knows, and has let go of all who wait.
  send(text: string) {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    const message = JSON.parse(text) as Message;
    if (message.method === "initialize") {
      this.initializing = message.id;
      preferPlain(message.params as InitializeParams);
    }
    if (message.method && message.id !== undefined) message.id = this.mark + message.id;
    this.socket.send(JSON.stringify(message));
  }

  subscribe(handler: (message: string) => void) {
    this.handlers.add(handler);
  }

  unsubscribe(handler: (message: string) => void) {
    this.handlers.delete(handler);
  }

  private onMessage(text: string) {
    this.heard = performance.now();
    let message = JSON.parse(text) as Message;
    const { id, method, error } = message;
    if (id !== undefined && !method) {
      if (typeof id !== "string" || !id.startsWith(this.mark)) return;
      message.id = Number(id.slice(this.mark.length));
      if (error && message.id === this.initializing)
        message = { id: message.id, result: { capabilities: ASSUMED } } as Message;
    }
    const passed = JSON.stringify(message);
    for (const handler of this.handlers) handler(passed);
  }
}

/// CodeMirror's client asks for Markdown, which cards do not render, and can only add to what it says of
/// itself.
function preferPlain({ capabilities }: InitializeParams) {
  const { hover, completion } = capabilities.textDocument ?? {};
  if (hover) hover.contentFormat = ["plaintext"];
  if (completion?.completionItem) completion.completionItem.documentationFormat = ["plaintext"];
}
