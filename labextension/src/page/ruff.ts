// Lazy chunk: ruff for the script that is open. The server's, with the rules of the project; where there is
// none, or it does not answer, that of this browser, with ours.
import { BrowserRuff } from "../backends/ruff/browser";
import { ServerRuff } from "../backends/ruff/server";
import type { Ruff } from "../editor";
import type { PageConfig } from "./config";
import { ask, ContentsError } from "./file/contents";

// The server has no ruff, or is older than this page.
const HAS_NONE = [404, 501];
// Another question of this page took its place, or the script is too large for any ruff.
const IS_OVER = [409, 413];

export function ruffOf({ baseUrl, isSite, staticUrl }: PageConfig, path: string): Ruff {
  const browser = new BrowserRuff(staticUrl);
  if (isSite) return browser;
  const server = new ServerRuff(
    (name, body, signal) => ask("POST", `${baseUrl}rdit/${name}`, body, signal),
    () => path,
  );
  let hasNone = false;
  return {
    async lint(script, signal) {
      if (hasNone) return browser.lint(script, signal);
      try {
        return await server.lint(script, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof ContentsError) || IS_OVER.includes(error.status)) throw error;
        hasNone = HAS_NONE.includes(error.status);
        return { ...(await browser.lint(script, signal)), note: error.message };
      }
    },
    // Not in another format than the project's, because a server does not answer.
    async format(script, lineRange) {
      if (hasNone) return browser.format(script, lineRange);
      try {
        return await server.format(script, lineRange);
      } catch (error) {
        if (!(error instanceof ContentsError) || !HAS_NONE.includes(error.status)) throw error;
        hasNone = true;
        return browser.format(script, lineRange);
      }
    },
  };
}
