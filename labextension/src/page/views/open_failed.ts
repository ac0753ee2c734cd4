// The view in place of the editor when the script cannot be opened.
import { baseName, folderOf, folderUrl, loginUrl } from "../config";
import { ContentsError, type Files } from "../file/contents";
import { h } from "../../panels/dom";
import { forgetFile } from "../storage";
import { crumbs, topBar } from "../chrome/toolbar";

/// Replaces the page's content with the reason, and with what can be done about it.
export function showOpenFailed(
  root: HTMLElement,
  baseUrl: string,
  contents: Files,
  path: string,
  error: ContentsError,
  retry: () => Promise<void>,
) {
  const name = baseName(path);
  const isMissing = error.status === 404;
  const isSignedOut = error.status === 401 || error.status === 403;
  if (isMissing) forgetFile(baseUrl, path);
  const create = async () => {
    try {
      await contents.save(path, "");
      await retry();
    } catch (failure) {
      if (!(failure instanceof ContentsError)) throw failure;
      const said =
        failure.status === 404 ? new ContentsError(400, "There is no such folder.") : failure;
      showOpenFailed(root, baseUrl, contents, path, said, retry);
    }
  };
  const primary = isMissing
    ? h(
        "button",
        { class: "rdit-button rdit-framed rdit-primary", onclick: () => void create() },
        "Create it",
      )
    : isSignedOut
      ? h("a", { class: "rdit-button rdit-framed rdit-primary", href: loginUrl() }, "Sign in")
      : h(
          "button",
          { class: "rdit-button rdit-framed rdit-primary", onclick: () => location.reload() },
          "Try again",
        );
  root.replaceChildren(
    topBar(crumbs(baseUrl, path, true)),
    h(
      "main",
      { class: "rdit-empty" },
      h("h2", {}, isMissing ? `${name} does not exist` : `${name} cannot be opened`),
      h("p", {}, isMissing ? "It may have been moved or renamed." : error.message),
      h(
        "div",
        { class: "rdit-empty-actions" },
        primary,
        h(
          "a",
          { class: "rdit-button rdit-framed", href: folderUrl(baseUrl, folderOf(path)) },
          "All scripts",
        ),
      ),
    ),
  );
  primary.focus();
}
