// The dialog of the automatic saving settings, opened from the status bar.
import { openDialog } from "./dialogs";
import { h } from "./dom";
import { remember, saves } from "./storage";

/// Shows the dialog, and stores the choice in this browser unless the user cancels.
export async function chooseSaving(): Promise<void> {
  const choice = (name: string, label: string, note: string, checked: boolean) =>
    h(
      "label",
      { class: "rdit-choice" },
      h("input", { type: "checkbox", name, checked }),
      h("span", {}, h("strong", {}, label), h("small", {}, note)),
    );
  const { dialog, done } = openDialog(
    "Saving",
    h(
      "fieldset",
      { class: "rdit-choices" },
      choice(
        "autosave",
        "Save by itself",
        "A moment after you stop typing, and when you leave the page. Never over a change made elsewhere.",
        saves("autosave"),
      ),
      choice(
        "saveOnRun",
        "Save when running",
        "The run does not wait for it, and takes the text as it is here.",
        saves("saveOnRun"),
      ),
    ),
    h(
      "p",
      { class: "rdit-dialog-note rdit-place-note" },
      "What is not saved is kept in this browser, and offered when you come back.",
    ),
    h(
      "div",
      { class: "rdit-dialog-actions" },
      h("button", { class: "rdit-button rdit-framed", value: "" }, "Cancel"),
      h("button", { class: "rdit-button rdit-framed rdit-primary", value: "yes" }, "Use it"),
    ),
  );
  dialog.querySelector<HTMLInputElement>("input")?.focus();
  if ((await done) !== "yes") return;
  for (const input of dialog.querySelectorAll<HTMLInputElement>("input"))
    remember(input.name, input.checked);
}
