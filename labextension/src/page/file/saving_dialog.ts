// The dialog of the automatic saving settings, opened from the status bar.
import { openDialog } from "../chrome/dialogs";
import { h } from "../../panels/dom";
import { pageSettings } from "../../session/settings";
import { preference, setPreference } from "../storage";

/// Shows the dialog, and stores the choice in this browser unless the user cancels.
export async function chooseSaving(): Promise<void> {
  const names = ["autosave", "saveOnRun"] as const;
  const choices = names.map(name => {
    const { title, description } = pageSettings[name];
    return h(
      "label",
      { class: "rdit-choice" },
      h("input", { type: "checkbox", name, checked: preference(name) }),
      h("span", {}, h("strong", {}, title), h("small", {}, description)),
    );
  });
  const { dialog, done } = openDialog(
    "Saving",
    h("fieldset", { class: "rdit-choices" }, ...choices),
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
  for (const name of names)
    setPreference(name, dialog.querySelector<HTMLInputElement>(`input[name="${name}"]`)!.checked);
}
