// The command palette: a list of commands, which is filtered while one types. A combobox with a listbox,
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
import { h, setText } from "./dom";
import { fuzzy, type Fit } from "./fuzzy";
import { keyCaps } from "./key_caps";
import { modal } from "./modal";

export interface PaletteEntry {
  id: string;
  title: string;
  /// What is found besides the title.
  text?: string;
  keys: readonly string[];
  /// Why it cannot be run now.
  reason?: string;
}

export interface PaletteOptions {
  /// As they are now: asked again by `refresh`.
  entries(): readonly PaletteEntry[];
  /// Ids, latest first.
  recent: readonly string[];
  /// Called when the palette is closed, with the focus where it was.
  run(id: string): void;
}

interface Found {
  entry: PaletteEntry;
  marks: Fit["marks"];
  isRecent: boolean;
}

const PAGE = 8;
const LIST = "rdit-palette-list";

export interface Palette {
  /// Shows again what can be run now. A no-op once it is closed.
  refresh(): void;
}

/// Opens the palette; Escape, and a click beside it, close it.
export function openPalette({ entries, recent, run }: PaletteOptions): Palette {
  const input = h("input", {
    class: "rdit-palette-input",
    role: "combobox",
    "aria-label": "Command",
    "aria-expanded": "true",
    "aria-controls": LIST,
    "aria-autocomplete": "list",
    placeholder: "The name of a command",
    autocomplete: "off",
    spellcheck: "false",
  });
  const list = h("ul", {
    class: "rdit-palette-list",
    role: "listbox",
    id: LIST,
    "aria-label": "Commands",
  });
  const none = h("p", { class: "rdit-palette-none", role: "status" });
  let found: Found[] = [];
  let active = 0;

  const show = () => {
    found = find(entries(), recent, input.value);
    active = Math.max(
      0,
      found.findIndex(({ entry }) => !entry.reason),
    );
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    setText(none, found.length ? "" : "There is no such command.");
    mark();
  };
  const option = (each: Found, index: number) => {
    const { entry, marks } = each;
    const item = h(
      "li",
      {
        class: "rdit-palette-option",
        role: "option",
        id: `rdit-palette-${index}`,
        "data-command": entry.id,
        onmousemove: () => activate(index),
        // The focus stays in the input.
        onmousedown: event => event.preventDefault(),
        onclick: () => take(index),
      },
      h("span", { class: "rdit-palette-title" }, ...marked(entry.title, marks)),
      h("span", { class: "rdit-palette-note" }),
      ...entry.keys.map(keyCaps),
    );
    showReason(item, each);
    return item;
  };
  const activate = (index: number) => {
    if (index === active) return;
    active = index;
    mark();
  };
  const mark = () => {
    [...list.children].forEach((item, index) =>
      item.setAttribute("aria-selected", String(index === active)),
    );
    const item = list.children[active];
    if (item) input.setAttribute("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  };
  const take = (index: number) => {
    const { entry } = found[index] ?? {};
    if (!entry || entry.reason) return;
    dialog.close();
    run(entry.id);
  };

  input.addEventListener("input", show);
  input.addEventListener("keydown", event => {
    if (event.isComposing) return;
    const last = found.length - 1;
    const moves: Record<string, () => number> = {
      ArrowDown: () => (active === last ? 0 : active + 1),
      ArrowUp: () => (active === 0 ? last : active - 1),
      PageDown: () => Math.min(last, active + PAGE),
      PageUp: () => Math.max(0, active - PAGE),
    };
    const move = moves[event.key];
    if (move && last >= 0) activate(move());
    else if (event.key === "Enter") take(active);
    else if (!move) return;
    event.preventDefault();
  });
  const dialog = modal("palette", "Commands", input, list, none);
  input.focus();
  show();
  return {
    refresh() {
      if (!dialog.open) return;
      const now = new Map(entries().map(entry => [entry.id, entry]));
      found = found.map(each => ({ ...each, entry: now.get(each.entry.id) ?? each.entry }));
      // In place: a row that is replaced while the mouse is down on it gets no click.
      found.forEach((each, index) => showReason(list.children[index] as HTMLElement, each));
    },
  };
}

/// Shows in an option's element why it cannot be chosen now, or that it was chosen lately.
function showReason(item: HTMLElement, { entry, isRecent }: Found) {
  if (entry.reason) item.setAttribute("aria-disabled", "true");
  else item.removeAttribute("aria-disabled");
  const note = item.querySelector<HTMLElement>(".rdit-palette-note")!;
  setText(note, entry.reason ?? (isRecent ? "recently used" : ""));
}

/// Without a query, what was used last comes first; with one, what fits best.
function find(entries: readonly PaletteEntry[], recent: readonly string[], query: string): Found[] {
  const rank = (id: string) => (recent.includes(id) ? recent.indexOf(id) : recent.length);
  return entries
    .flatMap(entry => {
      const fit = fuzzy(query, entry.title) ?? lesser(fuzzy(query, entry.text ?? ""));
      return fit ? [{ entry, ...fit, isRecent: recent.includes(entry.id) }] : [];
    })
    .map(({ score, ...found }) => ({ ...found, score: query.trim() ? score : 0 }))
    .sort((a, b) => b.score - a.score || rank(a.entry.id) - rank(b.entry.id));
}

const lesser = (fit: Fit | null): Fit | null => fit && { score: fit.score / 2, marks: [] };

function marked(title: string, marks: Fit["marks"]): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const [from, to] of marks) {
    parts.push(title.slice(at, from), h("mark", {}, title.slice(from, to)));
    at = to;
  }
  return [...parts, title.slice(at)];
}
