// The dialog that chooses where Python runs, and what to do when the server is away. Opened from
// the status bar.
import type { Kind } from "../../backends/switching";
import { openDialog } from "../chrome/dialogs";
import { h } from "../../panels/dom";
import { pageSettings } from "../../session/settings";
import { preference, setPreference } from "../storage";
import type { Switcher } from "./switcher";

const { title: whenGoneTitle, enum: whenGone } = pageSettings.whenGone;
type WhenGone = (typeof whenGone)[number];
const WHEN_GONE: Record<WhenGone, string> = {
  ask: "Offer to run in this browser",
  always: "Run in this browser",
  never: "Wait for the server",
};

/// Shows the dialog and applies the choice. Resolves when the dialog is closed.
export function choosePlace(switcher: Switcher): Promise<void> {
  const { backend } = switcher;
  const now = backend.wanted;
  const option = (kind: Kind, label: string, note: string, isPossible: boolean) =>
    h(
      "label",
      { class: "rdit-choice" },
      h("input", {
        type: "radio",
        name: "place",
        value: kind,
        checked: kind === now,
        disabled: !isPossible,
      }),
      h("span", {}, h("strong", {}, label), h("small", {}, note)),
    );
  const { server } = backend;
  const serverNote = server
    ? `A Python process on ${server.name}, with the packages installed there.`
    : "There is no server behind this page.";
  const browserNote = switcher.isBrowserAllowed
    ? "Python in this page: no process, no threads, the packages that this page can load. Its names are its own."
    : "The people who run this server have turned it off.";
  const gone = h(
    "select",
    { class: "rdit-input", name: "gone" },
    ...whenGone.map(value =>
      h("option", { value, selected: value === preference("whenGone") }, WHEN_GONE[value]),
    ),
  );
  const { dialog, done } = openDialog(
    "Where Python runs",
    h("p", { class: "rdit-place-reason" }, backend.reason),
    h(
      "fieldset",
      { class: "rdit-choices" },
      option("server", "On the server", serverNote, !!server),
      option("pyodide", "In this browser", browserNote, switcher.isBrowserAllowed),
    ),
    server &&
      switcher.isBrowserAllowed &&
      h("label", { class: "rdit-field" }, h("span", {}, whenGoneTitle), gone),
    h("p", { class: "rdit-dialog-note rdit-place-note" }, "Nothing is run again by changing this."),
    h(
      "div",
      { class: "rdit-dialog-actions" },
      h("button", { class: "rdit-button rdit-framed", value: "" }, "Cancel"),
      h("button", { class: "rdit-button rdit-framed rdit-primary", value: "yes" }, "Use it"),
    ),
  );
  dialog.querySelector<HTMLInputElement>("input:checked")?.focus();
  return done.then(answer => {
    if (answer !== "yes") return;
    setPreference("whenGone", gone.value as WhenGone);
    const kind = dialog.querySelector<HTMLInputElement>("input:checked")?.value as Kind | undefined;
    if (kind && kind !== backend.wanted) void switcher.switchTo(kind, "You chose it.");
  });
}
