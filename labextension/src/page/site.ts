// The static site: files are in the browser's storage, and scripts are exported as a file or as a
// URL that contains them.
import { IndexedDBFiles } from "./file/indexeddb_files";
import { editUrl, type PageConfig } from "./config";
import type { TextFile } from "./file/contents";
import type { Drawing } from "./chrome/icons";
import type { Banner } from "../session/notifier";
import type { Notices } from "./chrome/notices";
import { download } from "../documents/download";
import { packScript, unpackScript } from "./share";

// In characters: chat and mail programs truncate longer URLs.
const LONG_ADDRESS = 8_000;

export interface Site {
  files: IndexedDBFiles;
  /// The script in the URL's fragment; null if there is none. It is the stored file, if that has
  /// the same name and text; else a new script with an unused name, which has an empty
  /// `lastModified` and stays in the URL until it is saved, so that a reload keeps it.
  takeShared(): Promise<TextFile | null>;
  /// The banner for such a script, which has not been run.
  sharedNotice: Banner;
  /// What the site's own commands do, by id.
  commands(name: string, text: () => string, notices: Notices): Record<string, SiteCommand>;
}

export interface SiteCommand {
  icon: Drawing;
  run(): void;
}

/// Opens the browser's storage for a static site.
export function openSite({ baseUrl, staticUrl, examples }: PageConfig): Site {
  const place = new URL("examples/", staticUrl).href;
  const files = new IndexedDBFiles(place, examples, `rdit ${location.pathname}`);
  return {
    files,
    sharedNotice: {
      id: "shared",
      kind: "info",
      text: "This script came with the address. Read it before you run it; save it to keep it in this browser.",
    },
    async takeShared() {
      const shared = await unpackScript(location.hash);
      if (!shared) return null;
      const { text: content } = shared;
      const taken = new Set((await files.list("")).map(entry => entry.name));
      if (await files.isKept(shared.name)) {
        const file = await files.open(shared.name);
        if (file.content === content) {
          history.replaceState(null, "", editUrl(baseUrl, shared.name));
          return file;
        }
      }
      const name = freeName(shared.name, taken);
      const address = editUrl(baseUrl, name);
      history.replaceState(null, "", address + location.hash);
      files.onSaved = path => {
        if (path === name) history.replaceState(null, "", address);
      };
      return { name, path: name, type: "file", writable: true, lastModified: "", content };
    },
    commands: (name, text, notices) => ({
      "rdit:download": {
        icon: {
          name: "download",
          path: '<path d="M9.2 1.8H4.5a1 1 0 0 0-1 1v10.4a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1V5.2z"/><path d="M8 6v5.2M5.8 9 8 11.2 10.2 9"/>',
        },
        run: () => download(name, text(), "text/x-python"),
      },
      "rdit:share": {
        icon: {
          name: "share",
          path: '<circle cx="12" cy="3.8" r="1.8"/><circle cx="4" cy="8" r="1.8"/><circle cx="12" cy="12.2" r="1.8"/><path d="m5.6 7.2 4.8-2.6M5.6 8.8l4.8 2.6"/>',
        },
        run: () => void share(name, text(), notices),
      },
    }),
  };
}

/// An unused name, so that a shared script never overwrites a file.
function freeName(name: string, taken: ReadonlySet<string>): string {
  const [stem, ending] = /^(.*?)(\.pyw?)?$/.exec(name)!.slice(1);
  let free = `${stem}${ending ?? ".py"}`;
  for (let n = 2; taken.has(free); n++) free = `${stem}-${n}${ending ?? ".py"}`;
  return free;
}

async function share(name: string, text: string, notices: Notices) {
  const fragment = await packScript({ name, text });
  const address = new URL(`./${fragment}`, location.href).href;
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    // No permission to write to the clipboard: put it into the address bar, to be copied there.
    location.hash = fragment;
    return notices.toast("The address of this page holds the script now.");
  }
  if (address.length > LONG_ADDRESS)
    notices.toast(
      `Copied, but at ${address.length} characters some programs will cut it: send the file instead.`,
      "warning",
    );
  else notices.toast("An address that holds this script is copied.", "success");
}
