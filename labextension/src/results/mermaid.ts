// Lazy chunk: diagrams of Mermaid in Markdown, as in JupyterLab and on GitHub. Their library is a file beside the
// page, and draws in one hidden frame without origin and network. What comes back is the text of an SVG; as the source
// of an <img> nothing in it can run or load.

import type { Rendered } from "./mime";
import { lineBlock } from "./parts/text";
import { isDark, onTheme } from "./theme";

const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; " +
  "img-src data:; form-action 'none'; base-uri 'none'";

/// How long one diagram may take, in milliseconds, with the loading of the library: its frame may never get ready,
/// or never answer.
const patience = 20_000;
const mostKept = 100;

interface Diagram {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /// What its author called it.
  readonly title: string;
}

/// Puts diagrams in the place of their sources, which `fences` selects, and draws them anew when the page becomes
/// dark or light. Resolves when all are drawn. `staticUrl`: the absolute address of the page's static files.
export async function withDiagrams(
  rendered: Rendered,
  fences: string,
  staticUrl: string,
): Promise<Rendered> {
  const places = [...rendered.dom.querySelectorAll<HTMLElement>(fences)].map(code => ({
    source: (code.textContent ?? "").trim(),
    block: code.parentElement!,
    dom: code.parentElement! as HTMLElement,
  }));
  let turn = 0;
  const drawAll = async () => {
    const now = ++turn;
    const library = () => fetchText(new URL("charts/mermaid.js", staticUrl));
    await Promise.all(
      places.map(async place => {
        const shown = await shownOf(place.source, place.block, library);
        if (now !== turn) return;
        place.dom.replaceWith(shown);
        place.dom = shown;
      }),
    );
  };
  await drawAll();
  const stop = onTheme(() => void drawAll());
  return {
    ...rendered,
    dispose() {
      turn++;
      stop();
      rendered.dispose();
    },
  };
}

async function shownOf(
  source: string,
  block: HTMLElement,
  library: () => Promise<string>,
): Promise<HTMLElement> {
  try {
    const { svg, width, height, title } = await diagram(source, isDark(), library);
    const image = document.createElement("img");
    image.className = "rdit-diagram";
    image.width = width;
    image.height = height;
    image.style.height = "auto";
    image.alt = title || `Diagram: ${source.slice(0, 500)}`;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    return image;
  } catch (error) {
    const dom = document.createElement("div");
    const said = error instanceof Error ? error.message : String(error);
    dom.append(
      lineBlock(`This diagram cannot be drawn: ${said.slice(0, 500)}`),
      block.cloneNode(true),
    );
    return dom;
  }
}

async function fetchText(url: URL): Promise<string> {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) throw new Error("what draws it could not be loaded. Run it again to try again.");
  return answer.text();
}

// By theme and source: a result that comes into view again is drawn at once.
const drawn = new Map<string, Promise<Diagram>>();

function diagram(source: string, dark: boolean, library: () => Promise<string>): Promise<Diagram> {
  const key = `${dark}${source}`;
  let found = drawn.get(key);
  if (!found) {
    found = ask(source, dark, library);
    drawn.set(key, found);
    // One that failed may succeed next time.
    found.catch(() => drawn.delete(key));
    if (drawn.size > mostKept) drawn.delete(drawn.keys().next().value!);
  }
  return found;
}

interface Studio {
  ask(source: string, isDark: boolean): Promise<Diagram>;
  close(): void;
}

let studio: Promise<Studio> | null = null;

/// Settles when all that were asked for before are drawn or have failed.
let last: Promise<unknown> = Promise.resolve();

/// Draws diagrams one after the other, for two reasons: the theme is a setting of the whole library, and the time
/// limit of a diagram must not run while another one is drawn.
function ask(source: string, dark: boolean, library: () => Promise<string>): Promise<Diagram> {
  const next = last.then(() => askNow(source, dark, library));
  last = next.catch(() => {});
  return next;
}

async function askNow(
  source: string,
  dark: boolean,
  library: () => Promise<string>,
): Promise<Diagram> {
  studio ??= library().then(openStudio);
  const opened = studio;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    const text = `it takes more than ${patience / 1000} seconds.`;
    timer = setTimeout(() => fail(new Error(text)), patience);
  });
  try {
    return await Promise.race([opened.then(studio => studio.ask(source, dark)), late]);
  } catch (error) {
    // Of a fault of the source the frame is as good as before.
    if (!(error instanceof SourceError) && studio === opened) {
      studio = null;
      opened.then(
        ({ close }) => close(),
        () => {},
      );
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

class SourceError extends Error {}

/// A frame with the library in it. It is laid out, for diagrams measure their text, and not seen.
function openStudio(library: string): Studio {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.style.cssText =
    "position: fixed; left: -2000px; top: 0; width: 1200px; height: 900px; border: 0; visibility: hidden";
  frame.ariaHidden = "true";
  frame.tabIndex = -1;
  frame.srcdoc = `<!doctype html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}"></head>
<body><script>(${draw.toString()})()</script></body></html>`;
  const waiting = new Map<number, { done(diagram: Diagram): void; fail(error: Error): void }>();
  let asked = 0;
  let begin = () => {};
  const ready = new Promise<void>(resolve => (begin = resolve));
  const listen = (event: MessageEvent) => {
    if (event.source !== frame.contentWindow || typeof event.data !== "object" || !event.data)
      return;
    const { id, error, svg, width, height, title } = event.data;
    if (id === undefined) return begin();
    const { done, fail } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (typeof svg === "string")
      done?.({ svg, width: Number(width), height: Number(height), title: String(title) });
    else fail?.(new SourceError(String(error)));
  };
  window.addEventListener("message", listen);
  document.body.append(frame);
  const post = (message: object) => frame.contentWindow?.postMessage(message, "*");
  void ready.then(() => post({ library }));
  return {
    async ask(source, isDark) {
      await ready;
      return new Promise((done, fail) => {
        const id = ++asked;
        waiting.set(id, { done, fail });
        post({ id, source, isDark });
      });
    },
    close() {
      window.removeEventListener("message", listen);
      frame.remove();
    },
  };
}

// Runs inside the frame. It is serialized with toString, so it must not refer to anything outside.
function draw(): void {
  interface Libraries {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    mermaid?: any;
  }
  const libraries = window as Libraries;
  const shapeOf = (markup: string) => {
    const place = document.createElement("div");
    place.innerHTML = markup;
    const svg = place.querySelector("svg")!;
    // It asks for all of the width; an image has a size.
    const [, , width = 0, height = 0] = (svg.getAttribute("viewBox") ?? "")
      .split(/[\s,]+/)
      .map(Number);
    const size = { width: Math.ceil(width) || 300, height: Math.ceil(height) || 150 };
    svg.setAttribute("width", String(size.width));
    svg.setAttribute("height", String(size.height));
    svg.style.maxWidth = "";
    const title = svg.querySelector(":scope > title")?.textContent ?? "";
    return { svg: new XMLSerializer().serializeToString(svg), ...size, title };
  };
  const drawn = async (id: number, source: string, isDark: boolean) => {
    libraries.mermaid.initialize({
      startOnLoad: false,
      securityLevel: "strict",
      suppressErrorRendering: true,
      theme: isDark ? "dark" : "default",
      fontFamily: "system-ui, sans-serif",
      // Text of SVG: not every browser shows HTML in an image.
      htmlLabels: false,
      flowchart: { htmlLabels: false },
    });
    try {
      const { svg } = await libraries.mermaid.render(`diagram${id}`, source);
      parent.postMessage({ id, ...shapeOf(svg) }, "*");
    } catch (error) {
      parent.postMessage({ id, error: error instanceof Error ? error.message : error }, "*");
    }
  };
  addEventListener("message", ({ source, data }) => {
    if (source !== parent) return;
    if (data.library) {
      const script = document.createElement("script");
      script.textContent = data.library;
      document.head.append(script);
    } else void drawn(data.id, data.source, data.isDark);
  });
  parent.postMessage({}, "*");
}
