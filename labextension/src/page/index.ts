// The page at /rdit: the start page, or the editor on the script that the address names.
import "../../style/index.css";
import {
  baseName,
  editUrl,
  folderOf,
  folderUrl,
  forgetToken,
  loginUrl,
  readConfig,
} from "./config";
import { Contents, ContentsError, type Files, type TextFile } from "./contents";
import { h } from "./dom";
import { EditPage } from "./edit";
import type { PlaceOptions } from "./place";
import type { Shared } from "./share";
import { forgetFile } from "./storage";
import { crumbs, topBar } from "./toolbar";

// It comes as fast as the script does, as a rule; the first paint waits no longer for it.
const LANGUAGE_PATIENCE_MS = 200;

const config = readConfig();
let contents: Files = new Contents(config.baseUrl);

async function main() {
  forgetToken();
  const root =
    document.querySelector<HTMLElement>(".rdit-page") ?? h("div", { class: "rdit-page" });
  if (!root.isConnected) document.body.append(root);
  if (config.isSite) {
    const { BrowserFiles } = await import("./browser_files");
    const examples = new URL("examples/", config.staticUrl).href;
    contents = new BrowserFiles(examples, config.examples, `rdit ${location.pathname}`);
    const shared = location.hash.startsWith("#script=") && (await import("./share"));
    const script = shared && (await shared.unpackScript(location.hash));
    if (script) return openShared(root, script);
  }
  if (config.path === null) {
    const folder = new URL(location.href).searchParams.get("folder") ?? "";
    const { openStart } = await import("./start");
    return openStart(root, config, contents, folder.replace(/^\/+|\/+$/g, ""));
  }
  await openScript(root, config.path);
}

async function openScript(root: HTMLElement, path: string, unsaved?: TextFile) {
  document.title = `${baseName(path)} - rdit`;
  const loading = import("./python").then(({ python }) => python);
  try {
    // It comes while the script does, and no first paint waits for it.
    const [file, { Place }] = await Promise.all([
      unsaved ?? contents.open(path),
      import("./place"),
    ]);
    const patience = new Promise<null>(resolve => setTimeout(resolve, LANGUAGE_PATIENCE_MS, null));
    const language = await Promise.race([loading, patience]).catch(() => null);
    const makePlace = (options: PlaceOptions) => new Place(options);
    const page = new EditPage(root, config, contents, path, file, language, makePlace);
    if (unsaved) page.sayUnsaved();
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

/// Shows a script that came with the address. It is in no file until it is saved.
async function openShared(root: HTMLElement, { name, text }: Shared) {
  const taken = new Set((await contents.list("")).map(entry => entry.name));
  const [stem, ending] = /^(.*?)(\.pyw?)?$/.exec(name)!.slice(1);
  let free = `${stem}${ending ?? ".py"}`;
  for (let n = 2; taken.has(free); n++) free = `${stem}-${n}${ending ?? ".py"}`;
  history.replaceState(null, "", editUrl(config.baseUrl, free));
  const file = { name: free, path: free, type: "file" as const, writable: true, lastModified: "" };
  await openScript(root, free, { ...file, content: text });
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
