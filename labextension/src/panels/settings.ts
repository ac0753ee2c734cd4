// The settings as a form that is made of their table. A change applies at once.
import { settingGroups, type Setting } from "../session/settings";
import { h, setText } from "./dom";

export interface SettingsOptions {
  rows: Readonly<Record<string, Setting>>;
  value(name: string): unknown;
  isModified(name: string): boolean;
  /// Undefined: back to the default.
  set(name: string, value: unknown): void;
}

export interface SettingsForm {
  dom: HTMLElement;
  /// Shows the rows in which every word of the query is found.
  filter(query: string): void;
  /// Shows the values anew: they were changed elsewhere.
  refresh(): void;
}

/// The value of a setting as its control calls it.
export const valueName = (row: Setting, value: unknown): string => {
  if (typeof value === "boolean") return value ? "on" : "off";
  const text = String(value);
  return row.names?.[text] ?? text.charAt(0).toUpperCase() + text.slice(1);
};

export function settingsForm(options: SettingsOptions): SettingsForm {
  const groups = Object.entries(namesByGroup(Object.keys(options.rows))).map(([group, names]) => ({
    rows: names.map(name => settingRow(name, group, options)),
    dom: h("section", { "aria-label": group }, h("h3", {}, group)),
  }));
  const rows = groups.flatMap(group => group.rows);
  for (const group of groups) group.dom.append(...group.rows.map(({ dom }) => dom));
  const none = h("p", { class: "rdit-panel-none", role: "status" });
  return {
    dom: h("div", { class: "rdit-settings" }, ...groups.map(({ dom }) => dom), none),
    filter: query => {
      const words = query.toLowerCase().split(/\s+/);
      for (const { dom, text } of rows) dom.hidden = !words.every(word => text.includes(word));
      for (const group of groups) group.dom.hidden = group.rows.every(({ dom }) => dom.hidden);
      setText(none, rows.every(({ dom }) => dom.hidden) ? "There is no such setting." : "");
    },
    refresh: () => rows.forEach(({ refresh }) => refresh()),
  };
}

/// The settings that there are, by group.
export function namesByGroup(all: readonly string[]): Record<string, string[]> {
  const placed = new Set(Object.values(settingGroups).flat());
  const others = all.filter(name => !placed.has(name));
  return Object.fromEntries(
    Object.entries(settingGroups).map(([group, names]) => [
      group,
      [...names.filter(name => all.includes(name)), ...(group === "Editing" ? others : [])],
    ]),
  );
}

function settingRow(
  name: string,
  group: string,
  { rows, value, isModified, set }: SettingsOptions,
): { dom: HTMLElement; text: string; refresh(): void } {
  const row = rows[name]!;
  const id = `rdit-setting-${name}`;
  const attributes = { id, "aria-describedby": `${id}-text`, class: "rdit-input" };
  const wrong = h("p", { class: "rdit-dialog-error", role: "alert" });
  const control = controlOf(row, attributes);
  const tellWrong = (text: string) => {
    setText(wrong, text);
    control.setAttribute("aria-invalid", String(text !== ""));
  };
  const isText = typeof row.default === "string" && !row.enum;
  control.addEventListener(isText ? "change" : "input", () => {
    const now = read(control, row);
    tellWrong(now === null ? `A whole number from ${row.minimum} to ${row.maximum}.` : "");
    if (now !== null) set(name, now);
  });
  const reset = h(
    "button",
    {
      class: "rdit-button rdit-setting-reset",
      type: "button",
      "aria-label": `Reset: ${row.title}`,
      title: `Back to the default: ${valueName(row, row.default) || "empty"}`,
      onclick: () => {
        set(name, undefined);
        tellWrong("");
        write(control, value(name));
        control.focus();
      },
    },
    "Reset",
  );
  const dom = h(
    "div",
    { class: "rdit-setting", "data-setting": name },
    h(
      "div",
      { class: "rdit-setting-text" },
      h("label", { for: id }, row.title),
      h("p", { id: `${id}-text` }, row.description),
      wrong,
    ),
    reset,
    control,
  );
  const refresh = () => {
    const isOwn = isModified(name);
    dom.toggleAttribute("data-modified", isOwn);
    reset.hidden = !isOwn;
    // What someone is typing there stays.
    if (!(isText && control === document.activeElement)) write(control, value(name));
  };
  refresh();
  const names = row.enum?.map(one => valueName(row, one)) ?? [];
  const text = [row.title, row.description, group, name, ...names].join(" ").toLowerCase();
  return { dom, text, refresh };
}

type Control = HTMLInputElement | HTMLSelectElement;

function controlOf(row: Setting, attributes: Record<string, string>): Control {
  if (row.enum)
    return h(
      "select",
      attributes,
      ...row.enum.map(one => h("option", { value: String(one) }, valueName(row, one))),
    );
  if (typeof row.default === "boolean")
    return h("input", { ...attributes, type: "checkbox", role: "switch", class: "rdit-switch" });
  if (typeof row.default === "number")
    return h("input", {
      ...attributes,
      type: "number",
      min: row.minimum,
      max: row.maximum,
      step: 1,
    });
  return h("input", { ...attributes, type: "text", autocomplete: "off", spellcheck: "false" });
}

/// What the control holds; null if that is no value of the setting.
function read(control: Control, row: Setting): unknown {
  if (control instanceof HTMLSelectElement)
    return row.enum!.find(one => String(one) === control.value);
  if (control.type === "checkbox") return control.checked;
  if (control.type !== "number") return control.value.trim();
  return control.value !== "" && control.validity.valid ? control.valueAsNumber : null;
}

function write(control: Control, value: unknown) {
  if (control instanceof HTMLInputElement && control.type === "checkbox")
    control.checked = Boolean(value);
  else if (control.value !== String(value)) control.value = String(value);
}
