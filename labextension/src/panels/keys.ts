// The keys of all commands, and how to change them: each key can be taken away, and others be recorded.
import { clashes, isForWriting, pressedKey, sameKey } from "../session/key_presses";
import { beginsStrokes, keyText } from "../session/keys";
import { h, setText } from "./dom";
import { keyCaps } from "./key_caps";

export interface KeyedCommand {
  id: string;
  title: string;
}

export interface KeysOptions {
  commands: readonly KeyedCommand[];
  keys(id: string): readonly string[];
  isModified(id: string): boolean;
  /// Undefined: back to the keys of the habit.
  set(id: string, keys: readonly string[] | undefined): void;
}

export interface KeysForm {
  dom: HTMLElement;
  filter(query: string): void;
  refresh(): void;
}

export function keysForm(options: KeysOptions): KeysForm {
  const { commands, keys } = options;
  const said = h("p", { class: "rdit-keys-said", role: "status" });
  const rows = commands.map(command => keyRow(command, options, text => setText(said, text)));
  const none = h("p", { class: "rdit-panel-none", role: "status" });
  const refresh = () => {
    const found = clashes(commands.map(({ id }) => ({ id, keys: keys(id) })));
    for (const row of rows) row.refresh(found);
  };
  refresh();
  return {
    dom: h(
      "div",
      { class: "rdit-settings rdit-keys-form" },
      said,
      h("ul", {}, ...rows.map(({ dom }) => dom)),
      none,
    ),
    filter: query => {
      const words = query.toLowerCase().split(/\s+/);
      for (const { command, dom } of rows) {
        const shown = keys(command.id).map(keyText).join(" ");
        const text = `${command.title} ${command.id} ${shown}`.toLowerCase();
        dom.hidden = !words.every(word => text.includes(word));
      }
      setText(none, rows.every(({ dom }) => dom.hidden) ? "There is no such command or key." : "");
    },
    refresh,
  };
}

function keyRow(command: KeyedCommand, options: KeysOptions, say: (text: string) => void) {
  const { id, title } = command;
  const { commands, set } = options;
  const shown = h("span", { class: "rdit-key-list" });
  const clash = h("p", { class: "rdit-key-clash" });
  const titleOf = (other: string) => commands.find(row => row.id === other)?.title ?? other;

  const add = h(
    "button",
    {
      class: "rdit-button rdit-key-add",
      type: "button",
      "aria-label": `Add a key: ${title}`,
      onclick: () => record(add, take),
    },
    "Add key",
  );
  const reset = h(
    "button",
    {
      class: "rdit-button rdit-setting-reset",
      type: "button",
      "aria-label": `Reset: ${title}`,
      title: "Back to the keys of the habit",
      onclick: () => {
        set(id, undefined);
        add.focus();
        say(`${title} has its own keys again.`);
      },
    },
    "Reset",
  );
  const take = (key: string | null) => {
    if (key === null) return say("");
    if (isForWriting(key))
      return say(`${keyText(key)} is for writing. Hold Ctrl, Alt or ⌘ with it.`);
    if (beginsStrokes(key)) return say(`${keyText(key)} begins keys of two strokes.`);
    const now = options.keys(id);
    if (now.some(other => sameKey(other) === sameKey(key)))
      return say(`${title} has ${keyText(key)} already.`);
    set(id, [...now, key]);
    say(`${keyText(key)} runs ${title} now.`);
  };
  const dom = h(
    "li",
    { class: "rdit-setting rdit-key-row", "data-command-keys": id },
    h("div", { class: "rdit-setting-text" }, h("span", { class: "rdit-key-title" }, title), clash),
    reset,
    h("div", { class: "rdit-key-controls" }, shown, add),
  );
  const chip = (key: string) =>
    h(
      "button",
      {
        class: "rdit-button rdit-key",
        type: "button",
        "aria-label": `Remove ${keyText(key)}: ${title}`,
        title: "Remove this key",
        onclick: () => {
          set(
            id,
            options.keys(id).filter(other => other !== key),
          );
          add.focus();
          say(`${keyText(key)} does not run ${title} any more.`);
        },
      },
      keyCaps(key),
      h("span", { class: "rdit-key-remove", "aria-hidden": "true" }, "×"),
    );
  const refresh = (found: ReadonlyMap<string, readonly string[]>) => {
    const now = options.keys(id);
    shown.replaceChildren(...now.map(chip));
    const isOwn = options.isModified(id);
    dom.toggleAttribute("data-modified", isOwn);
    reset.hidden = !isOwn;
    const clashing = now.flatMap(key =>
      (found.get(sameKey(key)) ?? [])
        .filter(other => other !== id)
        .map(other => `${keyText(key)} is also for: ${titleOf(other)}.`),
    );
    setText(clash, clashing.join(" "));
  };
  return { command, dom, refresh };
}

/// Waits for a key; null if the user lets it be, with Escape or by leaving the button. Tab leaves it.
function record(button: HTMLButtonElement, take: (key: string | null) => void) {
  // A second click, or Safari, which does not give the focus to a button that is clicked.
  button.focus();
  if (button.classList.contains("rdit-key-recording")) return;
  const text = button.textContent;
  const end = (key: string | null) => {
    button.removeEventListener("keydown", onKey);
    button.removeEventListener("blur", onBlur);
    button.textContent = text;
    button.classList.remove("rdit-key-recording");
    take(key);
  };
  const onBlur = () => end(null);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape" && !(event.ctrlKey || event.altKey || event.metaKey))
      return end(null);
    const key = pressedKey(event);
    if (key !== null) end(key);
  };
  button.textContent = "Press the keys…";
  button.classList.add("rdit-key-recording");
  button.addEventListener("keydown", onKey);
  button.addEventListener("blur", onBlur);
}
