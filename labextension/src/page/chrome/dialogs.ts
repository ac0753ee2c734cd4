// Modal dialogs, on the native `<dialog>`: it traps the focus, closes with Escape and restores the
// focus.
import { h } from "../../panels/dom";

/// Resolves with whether the user confirmed. The cancel button has the focus.
export function confirm(title: string, text: string, yes: string): Promise<boolean> {
  const cancel = h("button", { class: "rdit-button rdit-framed", value: "" }, "Cancel");
  const dialog = open(
    title,
    h("p", {}, text),
    h(
      "div",
      { class: "rdit-dialog-actions" },
      cancel,
      h("button", { class: "rdit-button rdit-framed rdit-primary", value: "yes" }, yes),
    ),
  );
  cancel.focus();
  return new Promise(resolve =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes")),
  );
}

/// Asks for a line of text; null if cancelled. `check` resolves with an error message, or null for
/// a valid text.
export function ask(
  title: string,
  label: string,
  value: string,
  yes: string,
  check: (value: string) => Promise<string | null>,
): Promise<string | null> {
  const input = h("input", {
    class: "rdit-input",
    value,
    spellcheck: "false",
    autocomplete: "off",
    "aria-describedby": "rdit-ask-error",
  });
  const wrong = h("p", { class: "rdit-dialog-error", id: "rdit-ask-error", role: "alert" });
  const dialog = open(
    title,
    h("label", { class: "rdit-field" }, h("span", {}, label), input),
    wrong,
    h(
      "div",
      { class: "rdit-dialog-actions" },
      h("button", { class: "rdit-button rdit-framed", value: "", formnovalidate: true }, "Cancel"),
      h("button", { class: "rdit-button rdit-framed rdit-primary", value: "yes" }, yes),
    ),
  );
  const form = dialog.querySelector("form")!;
  const [cancel, accept] = dialog.querySelectorAll<HTMLButtonElement>(
    ".rdit-dialog-actions button",
  );
  form.addEventListener("submit", event => {
    const submitter = (event as SubmitEvent).submitter;
    if (submitter === cancel) return;
    event.preventDefault();
    // What is checked is what is taken.
    if (input.readOnly) return;
    accept!.disabled = input.readOnly = true;
    void check(input.value).then(said => {
      accept!.disabled = input.readOnly = false;
      wrong.textContent = said;
      if (said) input.focus();
      else dialog.close("yes");
    });
  });
  // Implicit submission (Enter) uses the first button, which is Cancel: submit with the other one.
  input.addEventListener("keydown", event => {
    // Enter takes what an input method offers, first.
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(accept);
  });
  input.focus();
  const dot = value.lastIndexOf(".");
  input.setSelectionRange(0, dot > 0 ? dot : value.length);
  return new Promise(resolve =>
    dialog.addEventListener("close", () =>
      resolve(dialog.returnValue === "yes" ? input.value : null),
    ),
  );
}

export const confirmReset = () =>
  confirm(
    "Clear the namespace?",
    "All that your runs have defined is forgotten. The kernel goes on, and the results stay in view.",
    "Clear",
  );

export const confirmRestart = () =>
  confirm(
    "Restart the kernel?",
    "What runs is ended, and all that your runs have defined is forgotten. The results stay in view.",
    "Restart",
  );

export const confirmStop = (loses: string) =>
  confirm("Stop, and start Python anew?", loses, "Stop");

/// Asks for consent to send code to a server of another origin.
export function confirmForeign(name: string): Promise<boolean> {
  return confirm(
    `Run code on ${name}?`,
    `The address of this page asks for the Python server ${name}, which is not the one this page comes from. Your code goes there, and what comes back is its word. Nothing is sent before you agree.`,
    `Use ${name}`,
  );
}

/// Opens a dialog; `done` resolves with the value of the button that closed it.
export function openDialog(title: string, ...children: (HTMLElement | null | false)[]) {
  const dialog = open(title, ...children.filter((child): child is HTMLElement => !!child));
  const done = new Promise<string>(resolve =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue)),
  );
  return { dialog, done };
}

function open(title: string, ...children: HTMLElement[]): HTMLDialogElement {
  const dialog = h(
    "dialog",
    { class: "rdit-dialog", "aria-labelledby": "rdit-dialog-title" },
    h("form", { method: "dialog" }, h("h2", { id: "rdit-dialog-title" }, title), ...children),
  );
  dialog.addEventListener("close", () => dialog.remove());
  // A click on the backdrop closes the dialog, but not a drag (a text selection) that began inside.
  dialog.addEventListener("mousedown", event => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
