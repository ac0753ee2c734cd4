// HTML of an output, after it was sanitised: it may be looked at and its links followed, in other tabs.
// Nothing in it takes this tab away, or loads something for the sake of its looks.

import { tameStyle } from "./css";

/// Makes an element's content harmless in place. It must not stand in the document yet.
export function tame(root: ParentNode): void {
  // A form without an action sends the tab to its own address.
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
      // The last are commands of JupyterLab.
      if (/^(form.*|data-commandlinker.*)$/.test(name)) control.removeAttribute(name);
  // Not only HTML's links: those of SVG and MathML too, should a renderer let them stand.
  for (const link of root.querySelectorAll("a, area")) {
    const target = link.getAttribute("href") ?? link.getAttribute("xlink:href");
    if (target === null) continue;
    if (target.startsWith("#")) {
      // The page has no places of the output's: the address would change and nothing else.
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

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
