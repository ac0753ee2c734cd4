// Entry point of the page at /rdit: the start page, or the editor on the script named by the URL.
import "../../style/index.css";
import { baseName, forgetToken, readConfig } from "./config";
import { Contents, ContentsError, type Files, type TextFile } from "./file/contents";
import { applyAppearance } from "./appearance";
import { loadHabit } from "./bindings";
import { h } from "../panels/dom";
import { EditPage } from "./edit";
import type { Site } from "./site";
import { onPreferences, openPreferences } from "./storage";

// How long the first paint waits for the lazy chunks, which usually arrive with the script.
const CHUNK_PATIENCE_MS = 200;

// Imported lazily: only for URLs without a script.
const fileList = () => import("./views/file_list");

const config = readConfig();
let contents: Files = new Contents(config.baseUrl);
let site: Site | null = null;

async function main() {
  forgetToken();
  openPreferences(config.baseUrl);
  applyAppearance();
  onPreferences(applyAppearance);
  const root =
    document.querySelector<HTMLElement>(".rdit-page") ?? h("div", { class: "rdit-page" });
  if (!root.isConnected) document.body.append(root);
  if (config.isSite) {
    const { openSite } = await import("./site");
    site = openSite(config);
    contents = site.files;
    const shared = await site.takeShared();
    if (shared) return openScript(root, shared.path, shared.lastModified ? undefined : shared);
  }
  if (config.path === null) {
    const folder = new URL(location.href).searchParams.get("folder") ?? "";
    const { showFileList } = await fileList();
    await showFileList(root, config, contents, folder.replace(/^\/+|\/+$/g, ""));
    return syncSettings(text => console.warn(`rdit: ${text}`));
  }
  await openScript(root, config.path);
}

// After the first paint, which has the settings as this browser last knew them.
function syncSettings(say: (text: string) => void) {
  if (config.isSite) return;
  import("./settings_sync").then(
    ({ startSync }) => startSync(config.baseUrl, say),
    () => console.warn("rdit: the settings on the server could not be asked for."),
  );
}

async function openScript(root: HTMLElement, path: string, unsaved?: TextFile) {
  document.title = `${baseName(path)} - rdit`;
  const parts = {
    language: import("./python").then(({ python }) => python),
    editing: import("./editing").then(({ editing }) => editing),
  };
  const habit = loadHabit().catch(() => {}); // said when the page applies it
  // Only fetched here: the document imports it.
  import("./file/drafts").catch(() => {});
  try {
    const file = unsaved ?? (await contents.open(path));
    const patience = new Promise<null>(resolve => setTimeout(resolve, CHUNK_PATIENCE_MS, null));
    const [language, editing] = await Promise.all(
      [parts.language, parts.editing].map(part => Promise.race([part, patience]).catch(() => null)),
    );
    await Promise.race([habit, patience]);
    const page = new EditPage({
      root,
      config,
      files: contents,
      path,
      file,
      language: language ?? null,
      editing: editing ?? null,
      site,
    });
    syncSettings(text => page.say(text));
    // Only fetched here, so that what is typed after its key is typed into it.
    import("./chrome/palette").catch(() => {});
    if (unsaved) page.document.sayUnsaved(site!.sharedNotice);
    if (!language)
      parts.language.then(
        late => page.setLanguage(late),
        () => console.warn("rdit: the Python language could not be loaded; there are no colours."),
      );
    if (!editing)
      parts.editing.then(
        late => page.setEditing(late),
        () => console.warn("rdit: undo and the keys that edit could not be loaded."),
      );
  } catch (error) {
    if (!(error instanceof ContentsError)) throw error;
    const retry = () => openScript(root, path);
    await fileList().then(
      ({ showOpenFailed }) => showOpenFailed(root, config.baseUrl, contents, path, error, retry),
      () => root.replaceChildren(error.message),
    );
  }
}

void main();
