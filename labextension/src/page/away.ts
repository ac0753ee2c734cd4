// What a page says when its server refuses to run code, is gone or is back, and what it fetches for that
// day while the server is there. Not in the first chunk: a page that works needs none of it.
import { askHealth } from "../backends/choose";
import type { Notices } from "./notices";
import type { Place } from "./place";
import { folderOf } from "./config";
import type { ServedFiles } from "./script_files";

export { choosePlace } from "./place_dialog";

// How often a server that did not answer is asked again.
const LOOK_MS = 5_000;

/// No server answered, so the browser has taken its place. It is said when one does.
export function sayNoServer(place: Place, notices: Notices) {
  notices.toast(`${place.reason} Runs happen in this browser.`, "warning");
  const look = async () => {
    if (place.kind === "server") return;
    const isSeen = document.visibilityState === "visible";
    if (isSeen && (await askHealth(place.server!)).isHealthy) sayServerIsBack(place, notices);
    else setTimeout(look, LOOK_MS);
  };
  setTimeout(look, LOOK_MS);
}

export function sayMoved(notices: Notices) {
  for (const id of ["connection", "kernel", "refused"]) notices.clear(id);
  notices.banner({
    id: "place",
    kind: "info",
    text: "Runs happen in this browser now, from an empty namespace. Earlier results stay in view; run the script again to define its names.",
  });
}

export function sayServerIsBack(place: Place, notices: Notices) {
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
          void place.moveTo("server", "You went back to it.");
        },
      },
      { label: "Stay in this browser", run: () => notices.clear("place") },
    ],
  });
}

/// A refused websocket does not say why: rdit's health does. Whether it was that.
export async function lookWhyRefused(place: Place, notices: Notices): Promise<boolean> {
  const { mayExecute } = await askHealth(place.server!);
  if (mayExecute !== false || place.kind !== "server") return false;
  const reason = "The server refuses the kernel (403).";
  if (place.whenGone === "always" && place.isBrowserAllowed) {
    await place.moveToBrowser(reason);
    return true;
  }
  // It says more than that there is no connection.
  notices.clear("connection");
  const text = "This server does not let you run code: it refuses the kernel (403).";
  notices.banner({
    id: "refused",
    kind: "error",
    text: `${text} ${place.difference}`.trim(),
    actions: place
      .offers()
      .map(action => ({ ...action, run: () => void place.moveToBrowser(reason) })),
  });
  return true;
}

/// Brings all that is needed once the server is gone.
export async function prepare(place: Place, staticUrl: string, path: string) {
  const [{ prepare }, files] = await Promise.all([
    import("../backends/pyodide"),
    place.loadFiles(),
    import("./dialogs"),
  ]);
  await prepare(staticUrl);
  await (files as Partial<ServedFiles>).remember?.(folderOf(path));
  document.documentElement.dataset.browserReady = "";
}
