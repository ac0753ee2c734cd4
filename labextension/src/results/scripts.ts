// Outputs with scripts. A notebook's outputs share one document, here each has its own: what they need of each
// other is joined here, or is run again (setups.ts).

import { textOf, type MimeBundle } from "./mime";

/// An output with a script, which may set something up for later ones.
export interface Scripted {
  /// Which output it is: the same one of a later run takes its place.
  readonly place: string;
  readonly data: MimeBundle;
}

/// The script that a bundle is; null if it is none.
export function scriptOf(data: MimeBundle): string | null {
  const type = Object.keys(data).find(type => /^(text|application)\/(x-)?javascript$/.test(type));
  return type ? textOf(data[type]) : null;
}

/// A script as HTML. As in JupyterLab, `element` is where it may show something.
export function scriptHtml(script: string): string {
  const inert = script.replace(/<(?=\/script|!--)/gi, "<\\");
  return `<div></div><script>(function (element) {${inert}
}).call(window, document.currentScript.previousElementSibling)</script>`;
}

// Nothing to see, and nothing that a script could find to draw in.
const invisible =
  /<!--[^]*?-->|<(script|style|noscript|template)\b[^]*?<\/\1\s*>|<(?:link|meta)\b[^>]*>|<\/?(?:div|span|p|br)\b(?![^>]*\sid\s*=)[^>]*>/gi;

/// Whether something in the bundle may run, and nothing in its HTML is seen: it may be there for what comes later.
export function isSetup(data: MimeBundle): boolean {
  const html = textOf(data["text/html"]);
  if (html === null) return scriptOf(data) !== null;
  return /<script[\s>]/i.test(html) && !html.replace(invisible, "").trim();
}

/// HTML and the script that was shown just after it, as one, if the script names an element of that HTML: it
/// could not find the element in a document of its own. Null if it names none.
export function joined(before: MimeBundle, data: MimeBundle): MimeBundle | null {
  const html = textOf(before["text/html"]);
  const script = scriptOf(data);
  if (!html || !script || "text/html" in data) return null;
  const ids = [...html.matchAll(/\sid\s*=\s*["']?([^"'\s>]+)/gi)];
  return ids.some(([, id]) => script.includes(id!))
    ? { "text/html": html + scriptHtml(script) }
    : null;
}
