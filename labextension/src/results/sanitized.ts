// HTML of the user's as nodes of the page, without what could run, navigate this tab or load through CSS.

import { RenderMimeRegistry, type IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { lightenTexts } from "./legible";
import { tame } from "./tame";

let sanitizer: IRenderMimeRegistry["sanitizer"] | undefined;

export function sanitized(html: string): DocumentFragment {
  sanitizer ??= new RenderMimeRegistry().sanitizer;
  const template = document.createElement("template");
  template.innerHTML = sanitizer.sanitize(html);
  tame(template.content);
  lightenTexts(template.content);
  return template.content;
}
