// In place of the page's entry: documents that are opened and disposed by a test.
import "../../../labextension/style/index.css";
import { readConfig } from "../../../labextension/src/page/config";
import { Contents } from "../../../labextension/src/page/file/contents";
import { h } from "../../../labextension/src/panels/dom";
import { EditPage } from "../../../labextension/src/page/edit";

const config = readConfig();
const contents = new Contents(config.baseUrl);
document.querySelector(".rdit-page")?.remove();

async function open(path: string): Promise<EditPage> {
  const root = h("div", { class: "rdit-page", "data-path": path });
  document.body.append(root);
  const file = await contents.open(path);
  return new EditPage({
    root,
    config,
    files: contents,
    path,
    file,
    language: null,
    editing: null,
    site: null,
  });
}

Object.assign(window, { open_: open, isReady: true });
