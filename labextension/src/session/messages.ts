// What the user is told of a script's kernel and connection: the banners of a controller. The same
// sentences for the page and JupyterLab.
import type { Action, Banner } from "./notifier";
import type { Connection } from "../backends/backend";
import type { Death, Session } from "./status";

/// A sentence about what else can be done, and actions.
export interface Alternative {
  text: string;
  actions: Action[];
}

const none: Alternative = { text: "", actions: [] };

export function deathBanner({ statement, reason }: Death, goTo: (line: number) => void): Banner {
  const where = statement ? ` in line ${statement.lineStart}` : "";
  const cause = reason.replace(/^The kernel /, "It ");
  return {
    id: "kernel",
    kind: "error",
    text: `The kernel died${where}. ${cause} What it had defined is lost; run again to go on.`,
    actions: statement
      ? [
          {
            label: `Go to line ${statement.lineStart}`,
            run: () => goTo(statement.lineStart),
          },
        ]
      : [],
  };
}

/// There is no kernel, and none has died under a run.
export const noKernelBanner = (reason: string, { text, actions } = none): Banner => ({
  id: "kernel",
  kind: "error",
  text: `${reason || "There is no kernel. Run again to start one."} ${text}`.trim(),
  actions,
});

/// What a run that is sent now has to wait for, at its statement; "" if for nothing but other runs.
export function waitsFor({ state, kernel }: Session, connection: Connection): string {
  if (connection.state === "waiting") return "Waits for the server, which cannot be reached…";
  if (connection.state === "signed-out") return "Waits until you are signed in…";
  const name = (kernel?.displayName || "Python").replace(/ \(.*\)$/, "");
  if (state === "connecting") return "Connecting to the server…";
  if (state === "starting") return `${name} is starting; then this runs…`;
  return state === "restarting" ? `${name} is restarting; then this runs…` : "";
}

export const goneBanner: Banner = {
  id: "gone",
  kind: "info",
  text: "The server was restarted. The results that are dimmed are of a Python process that is gone, and so is what it had defined: run the script again to go on.",
};

/// The connection is lost. `ended`: why the session had ended by then; its runs do not continue.
export function offlineBanner(
  reason: string,
  ended: string | null,
  { text, actions } = none,
): Banner {
  const said =
    ended !== null
      ? `${ended} Trying to reach the server again.`
      : `${reason}. Trying again; what runs goes on meanwhile, and its results come later.`;
  return { id: "connection", kind: "warning", text: `${said} ${text}`.trim(), actions };
}

export const signedOutBanner = (actions: Action[]): Banner => ({
  id: "connection",
  kind: "error",
  text: "You are no longer signed in. Your text is still here; sign in again to run and save.",
  actions,
});

/// A run goes on after an interrupt. `line`: of the running statement, if known.
export const notStoppedBanner = (
  line: number | undefined,
  force: () => void,
  restart: () => void,
): Banner => ({
  id: "stop",
  kind: "warning",
  text: `${line === undefined ? "The run" : `Line ${line}`} has not stopped yet.`,
  actions: [
    { label: "Stop by force", run: force },
    { label: "Restart kernel", run: restart },
  ],
});
