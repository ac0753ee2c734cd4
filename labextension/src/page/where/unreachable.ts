// Messages for when the server refuses to run code, is away or is back, and the prefetch for that
// case. A lazy chunk: a page whose server answers needs none of it.
import { askHealth } from "../../backends/choose";
import { folderOf } from "../config";
import type { Notices } from "../chrome/notices";
import { preference } from "../storage";
import type { Switcher } from "./switcher";

// Interval of asking a server that did not answer.
const LOOK_MS = 5_000;

/// At page load no server answered, and the browser runs the code: asks until one answers, then
/// offers it.
export function sayNoServer(switcher: Switcher) {
  const { backend, notices } = switcher;
  notices.toast(`${backend.reason} Runs happen in this browser.`, "warning");
  const look = async () => {
    if (backend.kind === "server" || switcher.isDisposed) return;
    const isSeen = document.visibilityState === "visible";
    if (isSeen && (await askHealth(backend.server!)).isHealthy) sayServerIsBack(switcher);
    else setTimeout(look, LOOK_MS);
  };
  setTimeout(look, LOOK_MS);
}

/// Shows that runs happen in the browser now, in place of the banners about the server.
export function sayMoved(notices: Notices) {
  for (const id of ["connection", "kernel", "refused"]) notices.clear(id);
  notices.banner({
    id: "place",
    kind: "info",
    text: "Runs happen in this browser now, from an empty namespace. Earlier results stay in view; run the script again to define its names.",
  });
}

/// Offers to switch back to the server.
export function sayServerIsBack(switcher: Switcher) {
  const { notices } = switcher;
  notices.banner({
    id: "place",
    kind: "success",
    text: "The server answers again. Going back runs nothing by itself: its names are as they were, if it still has them.",
    actions: [
      {
        label: "Back to the server",
        isPrimary: true,
        run: () => {
          notices.clear("place");
          void switcher.switchTo("server", "You went back to it.");
        },
      },
      { label: "Stay in this browser", run: () => notices.clear("place") },
    ],
  });
}

/// Asks the health endpoint why the websocket was refused, since the handshake does not tell. True
/// if this user may not run code.
export async function lookWhyRefused(switcher: Switcher): Promise<boolean> {
  const { backend, notices } = switcher;
  const { mayExecute } = await askHealth(backend.server!);
  if (mayExecute !== false || backend.kind !== "server") return false;
  const reason = "The server refuses the kernel (403).";
  if (preference("whenGone") === "always" && switcher.isBrowserAllowed) {
    await switcher.switchToBrowser(reason);
    return true;
  }
  // Reswitchers the less specific banner of the connection.
  notices.clear("connection");
  const text = "This server does not let you run code: it refuses the kernel (403).";
  notices.banner({
    id: "refused",
    kind: "error",
    text: `${text} ${switcher.difference}`.trim(),
    actions: switcher
      .offers()
      .map(action => ({ ...action, run: () => void switcher.switchToBrowser(reason) })),
  });
  return true;
}

/// Prefetches everything needed to run after the server has gone. Rejects if a download fails.
export async function prepare(switcher: Switcher, staticUrl: string, path: string) {
  const [{ prepare }, files] = await Promise.all([
    import("../../backends/pyodide/backend"),
    switcher.loadFiles(),
    import("../chrome/dialogs"),
    import("./dialog"),
  ]);
  await prepare(staticUrl);
  await files.remember?.(folderOf(path));
  document.documentElement.dataset.browserReady = "";
}
