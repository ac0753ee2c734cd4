// Post-processes sanitized HTML of an output: links open in other tabs, and nothing in it navigates
// this tab or loads a resource through CSS.

import { tameStyle } from "./css";

/// Changes the content of an element in place. Call it before the element is inserted into the
/// document.
export function tame(root: ParentNode): void {
  // A form without an action would navigate the tab to its own URL.
  for (const form of root.querySelectorAll("form")) {
    const box = document.createElement("div");
    for (const name of ["class", "style", "id", "title"]) {
      const value = form.getAttribute(name);
      if (value !== null) box.setAttribute(name, value);
    }
    box.append(...form.childNodes);
    form.replaceWith(box);
  }
  for (const control of root.querySelectorAll("button, input, select, textarea"))
    for (const { name } of [...control.attributes])
      // `data-commandlinker-*` attributes trigger JupyterLab commands.
      if (/^(form.*|data-commandlinker.*)$/.test(name)) control.removeAttribute(name);
  // Links of SVG and MathML as well, if a renderer keeps them.
  for (const link of root.querySelectorAll("a, area")) {
    const target = link.getAttribute("href") ?? link.getAttribute("xlink:href");
    if (target === null) continue;
    if (target.startsWith("#")) {
      // A fragment link has no target here, and would only change the URL.
      link.removeAttribute("target");
      link.addEventListener("click", event => {
        event.preventDefault();
        goTo(link, decoded(target.slice(1)));
      });
      continue;
    }
    link.setAttribute("target", "_blank");
    link.setAttribute("rel", "noopener noreferrer");
  }
  for (const element of root.querySelectorAll<HTMLElement>("[style]")) tameStyle(element.style);
  for (const element of root.querySelectorAll("[background]"))
    element.removeAttribute("background");
  for (const media of root.querySelectorAll("[autoplay]")) media.removeAttribute("autoplay");
}

function goTo(link: Element, name: string): void {
  const within = link.getRootNode();
  const root = within instanceof ShadowRoot ? within : link.closest(".rdit-rich");
  for (const key of ["id", "data-jupyter-id", "name"]) {
    const found = root?.querySelector(`[${key}="${CSS.escape(name)}"]`);
    if (found) return found.scrollIntoView({ block: "nearest" });
  }
}

/// The text without its %-escapes; as it is if they are none.
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
