// HTML with scripts, in a sandboxed iframe with an opaque origin: the page shares Jupyter's origin
// and cookies, so scripts of an output must not run in it. The frame can only report: its height, that it is
// loaded, and what went wrong.

import { lineBlock } from "./parts/text";
import { isDark, onTheme } from "./theme";

export interface SandboxOptions {
  /// What the frame may do.
  readonly allowed?: string;
  /// Its color scheme is that of now, as its scripts may ask for it once; else it follows that of the document,
  /// also on paper.
  readonly isPinned?: boolean;
  /// Goes into its head: a policy, say.
  readonly head?: string;
  /// It says by itself when it is loaded: what it shows comes in messages.
  readonly isFilled?: boolean;
  /// What its scripts say by `parent.postMessage`.
  onMessage?(data: Readonly<Record<string, unknown>>): void;
}

// Of the style sheets of JupyterLab's themes, what libraries take for their HTML.
const themed = ["content-font-color", "ui-font-color", "layout-color", "border-color"].flatMap(
  name => [0, 1, 2, 3].map(level => `--jp-${name}${level}`),
);

/// The colors of the page, for the frame: libraries know them by JupyterLab's names.
function colors(): string {
  const style = getComputedStyle(document.documentElement);
  const known = themed.map(name => [name, style.getPropertyValue(name).trim()] as const);
  return known
    .map(([name, value]) => (/^[^;{}<]+$/.test(value) ? `${name}:${value};` : ""))
    .join("");
}

// Icons of Font Awesome, as buttons of matplotlib's animations have them, where its style sheet is not reached. By
// `:where` any rule of that sheet has its way.
const icons = Object.entries({
  "fast-backward": "«",
  "step-backward": "‹",
  play: "▶",
  pause: "‖",
  stop: "■",
  "step-forward": "›",
  "fast-forward": "»",
  minus: "−",
  plus: "+",
})
  .map(([name, text]) => `:where(.fa-${name})::before{content:"${text}"}`)
  .join("");
const iconStyle = `:where(.fa){display:inline-block;font-style:normal}:where(.fa-flip-horizontal){transform:scaleX(-1)}${icons}`;

/// So many faults of a frame are told.
const mostFaults = 3;

/// An element with an iframe that shows `html` at the height of its content.
export function sandboxed(
  html: string,
  {
    allowed = "allow-scripts allow-popups allow-downloads",
    isPinned = true,
    head = "",
    isFilled = false,
    onMessage,
  }: SandboxOptions = {},
): {
  dom: HTMLElement;
  frame: HTMLIFrameElement;
  /// Says something below the frame, once, unless much has been said.
  say(text: string): void;
  /// Takes back what was said: the frame shows something else.
  unsay(): void;
  dispose(): void;
} {
  const dom = document.createElement("div");
  const frame = document.createElement("iframe");
  frame.className = "rdit-sandbox";
  frame.title = "Interactive output";
  frame.setAttribute("sandbox", allowed);
  const scheme = !isPinned ? "light dark" : isDark() ? "dark" : "light";
  // If the color schemes of frame and page differ, browsers paint an opaque backdrop behind the
  // frame.
  if (isPinned) frame.style.colorScheme = scheme;
  frame.srcdoc = `<!doctype html><html${isPinned ? ` data-theme="${scheme}"` : ""}><head><meta charset="utf-8">
<meta name="color-scheme" content="${scheme}">${head}
<style>:root{${colors()}}body{margin:0;font:13px/1.5 system-ui,sans-serif}${iconStyle}</style>
<script>(${hear.toString()})();(${report.toString()})(${isFilled})</script></head><body${
    isPinned ? ` data-jp-theme-light="${scheme === "light"}"` : ""
  }>${html}</body></html>`;
  dom.append(frame);
  const said = new Set<string>();
  const say = (text: string) => {
    if (said.has(text) || said.size === mostFaults) return;
    said.add(text);
    dom.append(lineBlock(text));
  };
  const unsay = () => {
    said.clear();
    while (frame.nextSibling) frame.nextSibling.remove();
  };
  const listen = (event: MessageEvent) => {
    if (event.source !== frame.contentWindow || typeof event.data !== "object" || !event.data)
      return;
    const { rditHeight, rditLoaded, rditFault } = event.data;
    if (typeof rditHeight === "number")
      frame.style.height = `${Math.min(20_000, Math.max(1, rditHeight))}px`;
    if (rditLoaded === true) frame.dataset.loaded = "true";
    if (typeof rditFault === "string") say(rditFault.slice(0, 300));
    onMessage?.(event.data);
  };
  window.addEventListener("message", listen);
  // Where the page has another theme by now, what the frame shows would not be seen on it. What is filled follows the
  // theme by itself.
  const ground = getComputedStyle(document.documentElement).getPropertyValue("--jp-layout-color0");
  const stop =
    isPinned && !isFilled
      ? onTheme(() => {
          // One that shows nothing has a pixel.
          const isSeen = isDark() === (scheme === "dark") || frame.offsetHeight < 2;
          frame.style.background = isSeen ? "" : ground;
        })
      : () => {};
  const dispose = () => {
    stop();
    window.removeEventListener("message", listen);
  };
  return { dom, frame, say, unsay, dispose };
}

// Runs inside the frame. It is serialized with toString, so it must not refer to anything outside.
function report(isFilled: boolean): void {
  // Of a document that is as high as its window, whatever that is.
  const ofNoHeight = 400;
  const root = document.documentElement;
  let told = 0;
  let excess = 0;
  let grown = 0;
  let isSettled = false;
  const heightOf = (element: Element) => element.getBoundingClientRect().height;
  // What the content takes where neither it nor its root is made as high as the window.
  const natural = () => {
    const { body } = document;
    const styles = [root.style, body.style];
    const before = styles.map(style => style.cssText);
    for (const style of styles) {
      style.setProperty("height", "auto", "important");
      style.setProperty("min-height", "0", "important");
    }
    const height = Math.max(heightOf(root), heightOf(body));
    styles.forEach((style, index) => (style.cssText = before[index]!));
    return height;
  };
  const measured = () => {
    const { body } = document;
    if (!body) return heightOf(root);
    const height = heightOf(root);
    const reach = body.scrollHeight > innerHeight ? body.scrollHeight : 0;
    if (Math.abs(height - innerHeight) < 1 && reach <= height) {
      const least = natural();
      if (least < height - 1)
        return document.readyState === "complete" ? Math.max(ofNoHeight, least) : told;
    }
    return Math.max(height, reach);
  };
  const tell = (isLoaded = false) => {
    if (isSettled && !isLoaded) return;
    const height = Math.ceil(measured());
    if (height === told && !isLoaded) return;
    // It is always so much higher than its window: it would grow for ever.
    grown = height > told && height - innerHeight === excess ? grown + 1 : 0;
    excess = height - innerHeight;
    isSettled ||= grown > 5 && excess > 0;
    told = isSettled ? Math.min(height, ofNoHeight) : height;
    parent.postMessage({ rditHeight: told, rditLoaded: isLoaded }, "*");
  };
  new ResizeObserver(() => tell()).observe(root);
  // Where it has been laid out by then.
  const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => tell(true)));
  if (isFilled) addEventListener("rdit-drawn", drawn);
  else addEventListener("load", drawn);
}

// Runs inside the frame, and in the documents that are written into frames of it (`srcdoc`), as folium's maps are: tells
// what went wrong. It is serialized as well.
function hear(): void {
  const fault = (text: string) => parent.postMessage({ rditFault: text }, "*");
  // A setup that is run again. A module, while no script is the current one, may await what comes later.
  const isExpected = () =>
    document.currentScript
      ? document.currentScript.closest("[data-rdit-setup]")
      : document.querySelector("script[type=module]");
  // A module in the text fails with what it imports.
  const sourceOf = ({ src, text }: HTMLScriptElement) =>
    src || (/\b(?:from|import)\s*\(?\s*["']([^"']+)/.exec(text)?.[1] ?? "a module");
  addEventListener(
    "error",
    event => {
      const { target } = event;
      if (target instanceof HTMLScriptElement) {
        if (!target.closest("[data-rdit-setup]"))
          fault(`A script of this output could not be loaded: ${sourceOf(target)}`);
      } else if (event instanceof ErrorEvent) {
        if (isExpected() || /^ResizeObserver loop/.test(event.message)) return;
        fault(`A script of this output failed: ${event.message}`);
      }
    },
    true,
  );
  addEventListener("message", ({ source, data }) => {
    const text = (data as { rditFault?: unknown } | null)?.rditFault;
    if (source !== parent && typeof text === "string") fault(text);
  });
  // Its text has no end of a script.
  const script = document.createElement("script");
  script.text = `(${hear.toString()})()`;
  const inner = new MutationObserver(records => {
    for (const { addedNodes } of records)
      for (const node of addedNodes)
        if (node instanceof HTMLIFrameElement && node.srcdoc)
          node.srcdoc = node.srcdoc.replace(
            /^\s*(<!doctype[^>]*>)?/i,
            start => start + script.outerHTML,
          );
  });
  inner.observe(document, { childList: true, subtree: true });
  addEventListener("load", () => inner.disconnect());
}
