// Lazy chunk: the dialog of settings, and of the keys.
import type { CommandRow } from "../../session/commands";
import { pageSettings, type Setting } from "../../session/settings";
import { h } from "../../panels/dom";
import { keysForm } from "../../panels/keys";
import { modal } from "../../panels/modal";
import { settingsForm } from "../../panels/settings";
import type { KeysOf } from "../../session/keymap";
import { fetchSettings } from "../settings_sync";
import {
  isModified,
  onPreferences,
  preference,
  setPreference,
  userKeys,
  type PreferenceName,
} from "../storage";

type Part = "settings" | "keys";

export interface SettingsDialogOptions {
  rows: readonly CommandRow[];
  keysOf: KeysOf;
  /// Where the settings are kept, as a sentence.
  kept: string;
  version: string;
  /// Which part is shown first.
  part?: Part;
}

/// Opens the dialog.
export function showSettings({ rows, keysOf, ...options }: SettingsDialogOptions) {
  const { kept, version, part = "settings" } = options;
  const byId = new Map(rows.map(row => [row.id as string, row]));
  const forms = {
    settings: settingsForm({
      rows: pageSettings as Record<string, Setting>,
      value: name => preference(name as PreferenceName),
      isModified,
      set: (name, value) => setPreference(name as PreferenceName, value as never),
    }),
    keys: keysForm({
      commands: rows.map(({ id, label }) => ({ id, title: label })),
      keys: id => keysOf(byId.get(id)!),
      isModified: id => userKeys(id) !== undefined,
      set: (id, keys) => setPreference(`key:${id}`, keys),
    }),
  };
  const titles = { settings: "Settings", keys: "Keys" };
  const parts: Part[] = ["settings", "keys"];
  const search = h("input", {
    class: "rdit-input rdit-panel-search",
    type: "search",
    "aria-label": "Find",
    placeholder: "Find",
    spellcheck: "false",
    autocomplete: "off",
    oninput: () => filter(),
  });
  const panels = parts.map(name =>
    h(
      "div",
      {
        class: "rdit-panel-body",
        role: "tabpanel",
        id: `rdit-part-${name}`,
        "aria-labelledby": `rdit-tab-${name}`,
        tabindex: 0,
      },
      forms[name].dom,
    ),
  );
  const tabs = parts.map(name =>
    h(
      "button",
      {
        class: "rdit-tab",
        role: "tab",
        type: "button",
        id: `rdit-tab-${name}`,
        "aria-controls": `rdit-part-${name}`,
        onclick: () => show(name),
        onkeydown: event => {
          if (!["ArrowLeft", "ArrowRight"].includes((event as KeyboardEvent).key)) return;
          show(name === "settings" ? "keys" : "settings");
          tabs[parts.indexOf(shown)]!.focus();
        },
      },
      titles[name],
    ),
  );
  let shown = part;
  const filter = () => forms[shown].filter(search.value.trim());
  const show = (name: Part) => {
    shown = name;
    parts.forEach((one, index) => {
      tabs[index]!.setAttribute("aria-selected", String(one === name));
      tabs[index]!.tabIndex = one === name ? 0 : -1;
      panels[index]!.hidden = one !== name;
    });
    search.value = "";
    filter();
  };
  show(part);
  const dialog = modal(
    "settings",
    "Settings and keys",
    h(
      "div",
      { class: "rdit-panel-head" },
      h("div", { role: "tablist", "aria-label": "Parts", class: "rdit-tabs" }, ...tabs),
      search,
    ),
    ...panels,
    h(
      "div",
      { class: "rdit-dialog-actions" },
      h("span", { class: "rdit-dialog-note" }, `${kept} rdit ${version}`),
      h(
        "button",
        { class: "rdit-button rdit-framed", type: "button", onclick: () => dialog.close() },
        "Close",
      ),
    ),
  );
  const stop = onPreferences(() => parts.forEach(name => forms[name].refresh()));
  dialog.addEventListener("close", stop);
  fetchSettings();
  search.focus();
}
