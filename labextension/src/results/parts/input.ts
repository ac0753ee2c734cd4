// An open `input()` request: its prompt, and a field to answer in.

import type { InputWanted } from "../progress";
import type { Metrics } from "./part";

/// Its height in CSS pixels.
export const inputHeight = ({ lineHeight }: Metrics) => lineHeight + 8;

/// The prompt and field of an `input()` request.
export class InputBox {
  readonly dom = document.createElement("form");
  readonly field = document.createElement("input");

  constructor(
    readonly wanted: InputWanted,
    answer: (text: string) => void,
  ) {
    this.dom.className = "rdit-output rdit-prompt";
    const label = document.createElement("label");
    label.textContent = wanted.prompt;
    this.field.type = wanted.password ? "password" : "text";
    this.field.autocomplete = "off";
    this.field.spellcheck = false;
    this.field.setAttribute("aria-label", wanted.prompt.trim() || "The script waits for input");
    if (!wanted.prompt.trim()) this.field.placeholder = "Input, then Enter";
    this.dom.append(label, this.field);
    this.dom.addEventListener("submit", event => {
      event.preventDefault();
      // Read-only once answered, until the session closes the request: a second Enter must not
      // answer the next one.
      if (this.field.readOnly) return;
      this.field.readOnly = true;
      answer(this.field.value);
    });
  }
}
