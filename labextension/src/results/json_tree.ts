// JSON as a tree of <details>: opened by keys and found by screen readers as any other. What is closed has
// no elements yet, and of very many children the first are shown.

import type { Rendered } from "./mime";

const portion = 100;
const longest = 1000;
/// So many values are open at first where all are to be.
const mostOpen = 500;

/// Shows a value of JSON. `about`: as IPython's `JSON` has it, `expanded` and the name of the `root`.
export function jsonTree(value: unknown, about: unknown = {}): Rendered {
  const { expanded, root } = (about ?? {}) as { expanded?: unknown; root?: unknown };
  const dom = document.createElement("div");
  dom.className = "rdit-json";
  const name = typeof root === "string" && root !== "root" ? root : "";
  let room = expanded === true ? mostOpen : 1;
  // A small value is seen whole.
  if (expanded === undefined && (JSON.stringify(value)?.length ?? 0) < 200) room = mostOpen;
  dom.append(node(name, value, () => room-- > 0));
  return { dom, dispose() {} };
}

function node(name: string, value: unknown, isOpen: () => boolean): HTMLElement {
  if (typeof value !== "object" || value === null) return row(name, scalar(value));
  const isList = Array.isArray(value);
  const keys = isList ? value.length : Object.keys(value).length;
  const count = isList
    ? `[${keys === 1 ? "1 item" : `${keys} items`}]`
    : `{${keys === 1 ? "1 key" : `${keys} keys`}}`;
  if (!keys) return row(name, span("rdit-json-count", isList ? "[]" : "{}"));
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  if (name) summary.append(span("rdit-json-key", name), ": ");
  summary.append(span("rdit-json-count", count));
  details.append(summary);
  const children = document.createElement("div");
  let isMade = false;
  const make = () => {
    if (isMade) return;
    isMade = true;
    details.append(children);
    const entries = Object.entries(value);
    const add = (from: number) => {
      for (const [key, child] of entries.slice(from, from + portion))
        children.append(node(key, child, isOpen));
      if (from + portion >= entries.length) return;
      const more = document.createElement("button");
      more.type = "button";
      more.className = "rdit-quiet-button";
      more.textContent = `Show more (${entries.length - from - portion})`;
      more.addEventListener("click", () => {
        more.remove();
        add(from + portion);
      });
      children.append(more);
    };
    add(0);
  };
  details.addEventListener("toggle", () => details.open && make());
  if (isOpen()) {
    details.open = true;
    make();
  }
  return details;
}

function row(name: string, value: HTMLElement): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "rdit-json-row";
  if (name) dom.append(span("rdit-json-key", name), ": ");
  dom.append(value);
  return dom;
}

function scalar(value: unknown): HTMLElement {
  const kind =
    typeof value === "string"
      ? "tok-string"
      : typeof value === "number"
        ? "tok-number"
        : "tok-atom";
  const text = JSON.stringify(value) ?? "null";
  const dom = span(kind, text.slice(0, longest));
  if (text.length > longest) dom.append(`… (${text.length - longest} more characters)`);
  return dom;
}

function span(className: string, text: string): HTMLElement {
  const dom = document.createElement("span");
  dom.className = className;
  dom.textContent = text;
  return dom;
}
