// The page at /rdit: the start page, or the editor on the script that the address names.
import "../../style/index.css";
import { baseName, folderOf, folderUrl, forgetToken, loginUrl, readConfig } from "./config";
import { Contents, ContentsError } from "./contents";
import { h } from "./dom";
import { EditPage } from "./edit";
import { forgetFile } from "./storage";
import { crumbs, topBar } from "./toolbar";

// It comes as fast as the script does, as a rule; the first paint waits no longer for it.
const LANGUAGE_PATIENCE_MS = 200;

const config = readConfig();
const contents = new Contents(config.baseUrl);

async function main() {
  forgetToken();
  const root =
    document.querySelector<HTMLElement>(".rdit-page") ?? h("div", { class: "rdit-page" });
  if (!root.isConnected) document.body.append(root);
  if (config.path === null) {
    const folder = new URL(location.href).searchParams.get("folder") ?? "";
    const { openStart } = await import("./start");
    return openStart(root, config, contents, folder.replace(/^\/+|\/+$/g, ""));
  }
  await openScript(root, config.path);
}

async function openScript(root: HTMLElement, path: string) {
  document.title = `${baseName(path)} - rdit`;
  const loading = import("./python").then(({ python }) => python);
  try {
    const file = await contents.open(path);
    const patience = new Promise<null>(resolve => setTimeout(resolve, LANGUAGE_PATIENCE_MS, null));
    const language = await Promise.race([loading, patience]).catch(() => null);
    const page = new EditPage(root, config, contents, path, file, language);
    if (!language)
      loading.then(
        late => page.setLanguage(late),
        () => console.warn("rdit: the Python language could not be loaded; there are no colours."),
      );
  } catch (error) {
    if (!(error instanceof ContentsError)) throw error;
    showFailure(root, path, error);
  }
}

function showFailure(root: HTMLElement, path: string, error: ContentsError) {
  const name = baseName(path);
  const isMissing = error.status === 404;
  const isSignedOut = error.status === 401 || error.status === 403;
  if (isMissing) forgetFile(config.baseUrl, path);
  const create = async () => {
    try {
      await contents.save(path, "");
      await openScript(root, path);
    } catch (failure) {
      if (!(failure instanceof ContentsError)) throw failure;
      showFailure(
        root,
        path,
        failure.status === 404 ? new ContentsError(400, "There is no such folder.") : failure,
      );
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
    topBar(crumbs(config.baseUrl, path, true)),
    h(
      "main",
      { class: "rdit-empty" },
      h("h1", {}, isMissing ? `${name} does not exist` : `${name} cannot be opened`),
      h("p", {}, isMissing ? "It may have been moved or renamed." : error.message),
      h(
        "div",
        { class: "rdit-empty-actions" },
        primary,
        h(
          "a",
          { class: "rdit-button rdit-framed", href: folderUrl(config.baseUrl, folderOf(path)) },
          "All scripts",
        ),
      ),
    ),
  );
  primary.focus();
}

void main();
