// The start page: the files of one folder, recent scripts, and creating a new one.
import { baseName, editUrl, folderOf, folderUrl, loginUrl, type PageConfig } from "../config";
import { ContentsError, type Entry, type Files } from "../file/contents";
import type { IndexedDBFiles } from "../file/indexeddb_files";
import { ask, confirm } from "../chrome/dialogs";
import { h } from "../../panels/dom";
import { icon } from "../chrome/icons";
import { Notices } from "../chrome/notices";
import { forgetFile, recentFiles } from "../storage";
import { crumbs, topBar } from "../chrome/toolbar";

export { showOpenFailed } from "./open_failed";

const PLUS = { name: "plus", path: '<path d="M8 3.2v9.6M3.2 8h9.6"/>' };
const KINDS = {
  file: {
    name: "file",
    path: '<path d="M9.2 1.8H4.5a1 1 0 0 0-1 1v10.4a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1V5.2z"/><path d="M9 2v3.4h3.4"/>',
  },
  folder: {
    name: "folder",
    path: '<path d="M1.8 12V4a1 1 0 0 1 1-1h3.3l1.5 1.8h5.6a1 1 0 0 1 1 1V12a1 1 0 0 1-1 1H2.8a1 1 0 0 1-1-1z"/>',
  },
};

/// Shows the start page of a folder in `root`.
export async function showFileList(
  root: HTMLElement,
  config: PageConfig,
  contents: Files,
  folder: string,
) {
  const { baseUrl } = config;
  const notices = new Notices();
  const create = h(
    "button",
    {
      class: "rdit-button rdit-framed rdit-primary",
      "data-command": "rdit:new",
      onclick: () => void newScript(baseUrl, contents, folder),
    },
    icon(PLUS),
    h("span", {}, "New script"),
  );
  const fromDisk = h(
    "button",
    {
      class: "rdit-button rdit-framed",
      "data-command": "rdit:open",
      onclick: () => void openFromDisk(baseUrl, contents, folder, notices),
    },
    "Open from disk",
  );
  const filter = h("input", {
    class: "rdit-input rdit-filter",
    type: "search",
    placeholder: "Filter",
    "aria-label": "Filter the list",
    spellcheck: "false",
  });
  const list = h("div", { class: "rdit-start-list" });
  document.title = folder ? `${baseName(folder)} - rdit` : "rdit";
  root.dataset.state = "loading";
  root.replaceChildren(
    topBar(crumbs(baseUrl, folder, false)),
    notices.banners,
    h(
      "main",
      { class: "rdit-start" },
      h(
        "div",
        { class: "rdit-start-head" },
        h("h1", {}, folder ? baseName(folder) : "Scripts"),
        filter,
        config.isSite && fromDisk,
        create,
      ),
      list,
    ),
    notices.toasts,
  );

  let entries: Entry[];
  try {
    entries = await contents.list(folder);
  } catch (error) {
    if (!(error instanceof ContentsError)) throw error;
    const isSignedOut = error.status === 401 || error.status === 403;
    root.dataset.state = "failed";
    notices.banner({
      id: "folder",
      kind: "error",
      text: error.status === 404 ? `There is no folder ${folder}.` : error.message,
      actions: [
        isSignedOut
          ? { label: "Sign in", href: loginUrl(), run: () => {}, isPrimary: true }
          : { label: "Try again", run: () => location.reload(), isPrimary: true },
      ],
    });
    return;
  }

  const shown = entries.filter(({ type, name }) => type === "directory" || /\.pyw?$/.test(name));
  const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;
  shown.sort(
    (a, b) =>
      Number(b.type === "directory") - Number(a.type === "directory") || byName(a.name, b.name),
  );
  const show = () => {
    const wanted = filter.value.trim().toLowerCase();
    const matching = shown.filter(({ name }) => name.toLowerCase().includes(wanted));
    const recent = folder || wanted ? [] : recentFiles(baseUrl);
    list.replaceChildren(
      ...[
        recent.length &&
          section(
            "Recent",
            recent.map(path => row(editUrl(baseUrl, path), "file", baseName(path), folderOf(path))),
          ),
        matching.length &&
          section(
            recent.length ? "All" : "",
            matching.map(({ type, path, name, lastModified }) =>
              type === "directory"
                ? row(folderUrl(baseUrl, path), "folder", name, "")
                : row(
                    editUrl(baseUrl, path),
                    "file",
                    name,
                    ago(lastModified, Date.now()),
                    // An example has no time, and cannot be deleted.
                    config.isSite && lastModified ? () => void remove(path) : undefined,
                  ),
            ),
          ),
        !matching.length &&
          h(
            "p",
            { class: "rdit-start-none" },
            wanted ? `Nothing here is named “${filter.value.trim()}”.` : "No scripts here yet.",
          ),
      ].filter(child => !!child),
    );
  };
  const remove = async (path: string) => {
    const yes = await confirm(
      `Delete ${baseName(path)}?`,
      "It is kept in this browser only, and cannot be brought back.",
      "Delete",
    );
    if (!yes) return;
    await (contents as IndexedDBFiles).remove(path);
    forgetFile(baseUrl, path);
    location.reload();
  };
  filter.addEventListener("input", show);
  show();
  root.dataset.state = "ready";
  root.addEventListener("keydown", event => onKey(event, filter, list));
}

function section(title: string, rows: HTMLElement[]): HTMLElement {
  return h("section", {}, title && h("h2", {}, title), h("ul", { class: "rdit-rows" }, ...rows));
}

function row(
  href: string,
  kind: "file" | "folder",
  name: string,
  note: string,
  onDelete?: () => void,
): HTMLElement {
  return h(
    "li",
    {},
    h(
      "a",
      { class: "rdit-row", href, "data-kind": kind },
      icon(KINDS[kind]),
      h("span", { class: "rdit-row-name" }, name),
      h("span", { class: "rdit-row-note" }, note),
    ),
    onDelete &&
      h(
        "button",
        {
          class: "rdit-button rdit-icon-only rdit-row-delete",
          type: "button",
          "aria-label": `Delete ${name}`,
          onclick: onDelete,
        },
        icon("close"),
      ),
  );
}

// Keys of the list: Up and Down move the focus, / focuses the filter, Escape clears it.
function onKey(event: KeyboardEvent, filter: HTMLInputElement, list: HTMLElement) {
  if (document.querySelector("dialog[open]")) return;
  const rows = [...list.querySelectorAll<HTMLElement>("a")];
  const here = rows.indexOf(document.activeElement as HTMLElement);
  if (event.key === "ArrowDown") rows[Math.min(here + 1, rows.length - 1)]?.focus();
  else if (event.key === "ArrowUp" && here === 0) filter.focus();
  else if (event.key === "ArrowUp" && here > 0) rows[here - 1]?.focus();
  else if (event.key === "Enter" && document.activeElement === filter) rows[0]?.click();
  else if (event.key === "/" && document.activeElement !== filter) filter.focus();
  else if (event.key === "Escape" && filter.value) {
    filter.value = "";
    filter.dispatchEvent(new InputEvent("input"));
  } else return;
  event.preventDefault();
}

async function newScript(baseUrl: string, contents: Files, folder: string) {
  const place = (name: string) => (folder ? `${folder}/${name}` : name);
  const name = await ask("New script", "Name", "untitled.py", "Create", async given => {
    const name = withEnding(given.trim());
    if (!given.trim()) return "A name is needed.";
    if (name.includes("/")) return "A name without slashes is needed.";
    // The maximum length of a name in common file systems, in bytes.
    if (new TextEncoder().encode(name).length > 255) return "That name is too long.";
    try {
      const entries = await contents.list(folder);
      if (entries.some(entry => entry.name === name)) return `${name} exists already.`;
    } catch (error) {
      if (!(error instanceof ContentsError)) throw error;
      return error.message;
    }
    try {
      await contents.save(place(name), "");
      return null;
    } catch (error) {
      if (!(error instanceof ContentsError)) throw error;
      return error.message;
    }
  });
  if (name !== null) location.assign(editUrl(baseUrl, place(withEnding(name.trim()))));
}

/// Copies files from the user's disk to the browser's storage, and opens the first script among
/// them.
async function openFromDisk(baseUrl: string, contents: Files, folder: string, notices: Notices) {
  const { pickFiles } = await import("../share");
  const files = await pickFiles();
  const place = (name: string) => (folder ? `${folder}/${name}` : name);
  const kept = contents as IndexedDBFiles;
  for (const file of files) {
    if (await kept.isKept(place(file.name))) {
      const text = `${file.name} is in this browser already. The one from disk would take its place.`;
      if (!(await confirm(`Replace ${file.name}?`, text, "Replace"))) continue;
    }
    try {
      await kept.write(place(file.name), new Uint8Array(await file.arrayBuffer()));
    } catch (error) {
      if (!(error instanceof ContentsError)) throw error;
      return notices.toast(error.message, "error");
    }
  }
  const script = files.find(({ name }) => /\.pyw?$/.test(name));
  if (script) location.assign(editUrl(baseUrl, place(script.name)));
  else if (files.length) location.reload();
}

// Adds ".py". The dialog preselects the name before that ending: if the user typed the ending too,
// it is there twice.
const withEnding = (name: string) =>
  /\.pyw?$/i.test(name) ? name.replace(/(\.pyw?)\.py$/i, "$1") : `${name}.py`;

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 86400 * 365],
  ["month", 86400 * 30],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

/// Formats a time relative to `now` (milliseconds since the epoch), as "3 hours ago"; "" if
/// unknown.
function ago(time: string, now: number): string {
  const seconds = (now - Date.parse(time)) / 1000;
  if (!Number.isFinite(seconds)) return "";
  const step = STEPS.find(([, size]) => seconds >= size);
  if (!step) return "just now";
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  return format.format(-Math.floor(seconds / step[1]), step[0]);
}
