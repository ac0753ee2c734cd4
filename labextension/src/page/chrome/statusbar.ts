// The status bar: state of kernel, connection and file, and the cursor position. Nothing is shown
// by colour alone, and only the kernel's state is a live region.
import type { Connection } from "../../backends/backend";
import { h, setText } from "../../panels/dom";
import { icon, type IconName } from "./icons";
import { clock } from "../../results/duration";
import { isAsking, type Session } from "../../session/status";

interface Loading {
  what: string;
  loaded: number;
  /// In bytes; 0 if unknown.
  total: number;
}

export class StatusBar {
  readonly dom: HTMLElement;
  private readonly kernelIcon = h("span", { class: "rdit-status-icon" }, icon("idle"));
  private readonly kernel = h("span", { class: "rdit-status-kernel", role: "status" });
  private readonly running = h("span", { class: "rdit-status-running" });
  private readonly loading = h("span", { class: "rdit-status-loading" });
  private readonly queue = h("span", { class: "rdit-status-queue" });
  private readonly file = h("button", {
    class: "rdit-status-button rdit-status-file",
    type: "button",
    title: "When this page saves by itself",
    "data-command": "rdit:saving",
  });
  private readonly findings = h("button", {
    class: "rdit-status-button",
    type: "button",
    "data-command": "rdit:problems",
  });
  private readonly stale = h("button", {
    class: "rdit-status-button rdit-status-stale",
    type: "button",
    title: "Run all whose result is stale, in order",
    "data-command": "rdit:run-stale",
  });
  private readonly connectionIcon = h("span", { class: "rdit-status-icon" }, icon("online"));
  private readonly connection = h("span", { role: "status" });
  private readonly cursor = h("span", { class: "rdit-status-cursor" });
  // Disconnected: the kernel's state is unknown.
  private isAway = false;
  private shown: IconName | null = null;
  private shownConnection: IconName | null = null;

  constructor(
    chooseSaving: () => void,
    showProblems: () => void,
    runStale: () => void,
    ...buttons: HTMLElement[]
  ) {
    this.file.addEventListener("click", chooseSaving);
    this.findings.addEventListener("click", showProblems);
    this.stale.addEventListener("click", runStale);
    this.findings.hidden = this.stale.hidden = true;
    this.dom = h(
      "footer",
      { class: "rdit-statusbar", "aria-label": "Status" },
      h("span", { class: "rdit-status-item" }, this.kernelIcon, this.kernel),
      this.loading,
      this.running,
      this.queue,
      h("span", { class: "rdit-status-space" }),
      this.file,
      h(
        "span",
        { class: "rdit-status-item rdit-status-connection" },
        this.connectionIcon,
        this.connection,
      ),
      this.stale,
      this.findings,
      this.cursor,
      ...buttons,
    );
    // A click must not move the focus out of the code.
    this.dom.addEventListener("mousedown", event => {
      if ((event.target as Element).closest("button")) event.preventDefault();
    });
  }

  showSession(session: Session) {
    // Shorten "Python 3 (ipykernel)" to "Python 3".
    const name = (session.kernel?.displayName || session.kernel?.name || "").replace(
      / \(.*\)$/,
      "",
    );
    const [iconName, text] = this.isAway ? awayText(session, name) : stateText(session, name);
    if (iconName !== this.shown) this.kernelIcon.replaceChildren(icon((this.shown = iconName)));
    setText(this.kernel, text);
    setText(this.queue, session.queue ? `${session.queue} waiting` : "");
  }

  /// `lines`: current line numbers, mapped through edits made during the run. `now`, `since`:
  /// milliseconds since the epoch.
  showRunning(lines: { lineStart: number; lineEnd: number; since: number } | null, now: number) {
    if (!lines) return setText(this.running, "");
    const { lineStart, lineEnd, since } = lines;
    const where = lineEnd > lineStart ? `Lines ${lineStart}–${lineEnd}` : `Line ${lineStart}`;
    setText(this.running, `${where} · ${clock((now - since) / 1000)}`);
  }

  /// The session's state is shown differently while disconnected: show it again.
  showConnection(connection: Connection) {
    this.isAway = !["open", "connecting"].includes(connection.state);
    const [iconName, text] = connectionText(connection);
    if (iconName !== this.shownConnection)
      this.connectionIcon.replaceChildren(icon((this.shownConnection = iconName)));
    setText(this.connection, text);
    this.dom.dataset.connection = connection.state;
  }

  showProgress(progress: Loading | null) {
    setText(this.loading, progress ? loadingText(progress) : "");
  }

  showFile(text: string) {
    setText(this.file, text);
  }

  showFindings({ count, by }: { count: number; by: string }) {
    setText(this.findings, count === 1 ? "1 problem" : `${count} problems`);
    this.findings.hidden = !count;
    this.findings.title = `Show the problems. ${by}`.trim();
  }

  showStale(count: number) {
    setText(this.stale, `${count} stale`);
    this.stale.hidden = !count;
  }

  showCursor(text: string) {
    setText(this.cursor, text);
  }
}

/// A button of the status bar, whose text is set later.
export function statusButton(label: string, run: () => void): HTMLButtonElement {
  return h("button", {
    class: "rdit-status-button",
    type: "button",
    title: label,
    onclick: run,
  });
}

function awayText({ state }: Session, name: string): [IconName, string] {
  return ["offline", state === "connecting" ? "No kernel" : `${name} · out of reach`];
}

function stateText(session: Session, name: string): [IconName, string] {
  const { state } = session;
  switch (state) {
    case "connecting":
      return ["busy", "Connecting…"];
    case "starting":
      return ["busy", `Starting ${name || "Python"}…`];
    case "restarting":
      return ["busy", `Restarting ${name}…`];
    case "busy":
      return isAsking(session)
        ? ["info", `${name} · waits for input`]
        : ["busy", `${name} · running`];
    case "dead":
      return ["dead", `${name} · no kernel`];
    case "idle":
      return ["idle", session.kernel?.id ? `${name} · idle` : `${name} · not started`];
    case "reset":
      return ["idle", `${name} · idle`];
  }
}

function connectionText(connection: Connection): [IconName, string] {
  switch (connection.state) {
    case "connecting":
      return ["offline", "Connecting…"];
    case "open":
      return ["online", "Connected"];
    case "waiting":
      return ["offline", waitingText(connection)];
    case "signed-out":
      return ["offline", "Signed out"];
    case "closed":
      return ["offline", "Closed"];
  }
}

function waitingText({ held, isRefused }: Connection & { state: "waiting" }): string {
  const text = isRefused ? "Refused" : "Offline";
  return held ? `${text} · ${held} to send` : text;
}

function loadingText({ what, loaded, total }: Loading): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const of = total ? ` of ${megabytes(total)}` : "";
  return `Loading ${what} · ${megabytes(loaded)}${of} MB`;
}
