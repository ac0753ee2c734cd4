// Lazy chunk: whether the server has a language server for the page's script. It is asked once, when the
// page is idle; the client is another chunk, which is loaded only if there is one.
import type { EditorView } from "@codemirror/view";
import type { LanguageServer } from "../../editor/language/server";
import type { PageConfig } from "../config";
import { ask, ContentsError } from "../file/contents";
import { preference } from "../storage";
import { choose } from "./choose";

const RETRY_MS = 60_000;

const servers = new WeakMap<EditorView, Promise<LanguageServer | null>>();

/// The language server for the script at `path` in `view`, whose status is shown in `bar`; null if there
/// is none, or the user wants none.
export async function serverFor(
  view: EditorView,
  config: PageConfig,
  path: string,
  bar: HTMLElement,
): Promise<LanguageServer | null> {
  if (preference("languageServer") === "off" || !config.root) return null;
  let found = servers.get(view);
  if (!found) servers.set(view, (found = find(view, config, path, bar)));
  return found;
}

async function find(
  view: EditorView,
  config: PageConfig,
  path: string,
  bar: HTMLElement,
): Promise<LanguageServer | null> {
  await new Promise<void>(resolve => {
    if (typeof requestIdleCallback === "function")
      requestIdleCallback(() => resolve(), { timeout: 2_000 });
    else setTimeout(resolve);
  });
  try {
    const answer = await ask("GET", `${config.baseUrl}lsp/status`);
    const choice = choose((answer as { sessions: Parameters<typeof choose>[0] }).sessions);
    if (!choice) return null;
    const { PageServer } = await import("./page_server");
    // The page may have gone to another script.
    if (!view.dom.isConnected) return null;
    return new PageServer(view, config, path, choice, bar);
  } catch (error) {
    // A server that has none is no fault; one that is out of reach is asked again later.
    if (error instanceof ContentsError && error.status) return null;
    setTimeout(() => servers.delete(view), RETRY_MS);
    const why = error instanceof Error ? error.message : String(error);
    console.warn(`rdit: the language server cannot be used now: ${why}`);
    return null;
  }
}
