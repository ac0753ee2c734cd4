// The top bar: breadcrumbs and command buttons.
import type { CommandRow } from "../../session/commands";
import { baseName, folderOf, folderUrl } from "../config";
import { h } from "../../panels/dom";
import { ariaKeys, keyText } from "../../session/keys";
import type { KeysOf } from "../../session/keymap";
import { icon, mark, type Drawing, type IconName } from "./icons";

export function topBar(...children: HTMLElement[]): HTMLElement {
  return h("header", { class: "rdit-topbar" }, ...children);
}

/// Breadcrumbs: logo, a link for each folder, and the file name as the page's heading.
export function crumbs(baseUrl: string, path: string, isFile: boolean): HTMLElement {
  const folders = (isFile ? folderOf(path) : path).split("/").filter(Boolean);
  const items = folders.map((folder, index) => {
    const isLast = !isFile && index === folders.length - 1;
    const href = folderUrl(baseUrl, folders.slice(0, index + 1).join("/"));
    return h(
      "li",
      {},
      icon("chevron"),
      isLast
        ? h("span", { class: "rdit-crumb-here", "aria-current": "page" }, folder)
        : h("a", { href }, folder),
    );
  });
  const file = h(
    "li",
    { class: "rdit-crumb-file" },
    icon("chevron"),
    h("h1", { class: "rdit-crumb-here", "aria-current": "page" }, baseName(path)),
    h("span", { class: "rdit-dirty", hidden: true }, h("span", {}, "unsaved changes")),
  );
  return h(
    "nav",
    { class: "rdit-crumbs", "aria-label": "Place" },
    h(
      "a",
      { class: "rdit-home", href: folderUrl(baseUrl, ""), "aria-label": "rdit: all scripts" },
      mark(),
      !path && "rdit",
    ),
    h("ol", {}, ...items, isFile && file),
  );
}

/// The toolbar: the commands that have a rank there, in groups by tens. `drawing`: the icon of a
/// command, if its row has none of the page's.
export function commandBar(
  rows: readonly CommandRow[],
  run: (row: CommandRow) => void,
  drawing: (id: string) => Drawing | undefined,
  keysOf: KeysOf,
): { dom: HTMLElement; buttons: Map<string, HTMLButtonElement> } {
  const buttons = new Map<string, HTMLButtonElement>();
  const groups: HTMLElement[] = [];
  for (const row of rows.filter(({ page }) => page).sort((a, b) => a.page! - b.page!)) {
    const group = Math.floor(row.page! / 10);
    const isIconOnly = group > 1;
    const button = commandButton(row, () => run(row), { isIconOnly, drawing: drawing(row.id) });
    showKeys(button, row, keysOf(row));
    buttons.set(row.id, button);
    (groups[group] ??= h("div", { class: "rdit-group" })).append(button);
  }
  const attributes = { class: "rdit-toolbar", role: "group", "aria-label": "Commands" };
  return { dom: h("div", attributes, ...Object.values(groups)), buttons };
}

function commandButton(
  row: CommandRow,
  run: () => void,
  { isIconOnly = false, drawing }: { isIconOnly?: boolean; drawing?: Drawing } = {},
): HTMLButtonElement {
  const { id, label, short = label } = row;
  const button: HTMLButtonElement = h(
    "button",
    {
      class: `rdit-button${isIconOnly ? " rdit-icon-only" : ""}`,
      type: "button",
      "data-command": id,
      "aria-label": short,
      onclick: () => {
        button.classList.add("rdit-pressed");
        run();
      },
    },
    icon(drawing ?? (row.icon as IconName)),
    !isIconOnly && h("span", { class: "rdit-label" }, short),
  );
  // A click must not move the focus out of the code.
  button.addEventListener("mousedown", event => event.preventDefault());
  // Hide the tooltip after a click, until the pointer leaves: it would cover the first result.
  for (const left of ["mouseleave", "blur"])
    button.addEventListener(left, () => button.classList.remove("rdit-pressed"));
  return button;
}

/// Shows in the button's tooltip which keys its command has.
export function showKeys(button: HTMLElement, row: CommandRow, keys: readonly string[]) {
  const { label, text = label } = row;
  button.dataset.tip = keys[0] ? `${text}\u2002${keyText(keys[0])}` : text;
  if (keys.length) button.setAttribute("aria-keyshortcuts", ariaKeys(keys));
  else button.removeAttribute("aria-keyshortcuts");
}

export function setIcon(button: HTMLElement, name: IconName) {
  button.querySelector("svg")?.replaceWith(icon(name));
}
