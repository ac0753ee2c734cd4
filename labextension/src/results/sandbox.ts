// HTML with scripts, in a sandboxed iframe with an opaque origin: the page shares Jupyter's origin
// and cookies, so scripts of an output must not run in it. The frame can only report its height.

/// Returns an iframe that shows `html` at the height of its content. `allowed`: what it may do. `isPinned`:
/// its color scheme is that of now; else it follows that of the document, also on paper.
export function sandboxed(
  html: string,
  allowed = "allow-scripts allow-popups allow-downloads",
  isPinned = true,
): { dom: HTMLElement; dispose(): void } {
  const frame = document.createElement("iframe");
  frame.className = "rdit-sandbox";
  frame.title = "Interactive output";
  frame.setAttribute("sandbox", allowed);
  const scheme = !isPinned ? "light dark" : isDark() ? "dark" : "light";
  // If the color schemes of frame and page differ, browsers paint an opaque backdrop behind the
  // frame.
  if (isPinned) frame.style.colorScheme = scheme;
  frame.srcdoc = `<!doctype html><html><head><meta charset="utf-8">
<meta name="color-scheme" content="${scheme}">
<style>body{margin:0;font:13px/1.5 system-ui,sans-serif}</style>
<script>(${tellHeight.toString()})()</script></head><body>${html}</body></html>`;
  const listen = (event: MessageEvent) => {
    if (event.source !== frame.contentWindow || typeof event.data?.rditHeight !== "number") return;
    frame.style.height = `${Math.min(20_000, Math.max(1, event.data.rditHeight))}px`;
    if (event.data.rditLoaded === true) frame.dataset.loaded = "true";
  };
  window.addEventListener("message", listen);
  return { dom: frame, dispose: () => window.removeEventListener("message", listen) };
}

// JupyterLab's theme tells whether it is light; on the page the user chooses, or the system.
function isDark(): boolean {
  const { rditTheme } = document.documentElement.dataset;
  if (rditTheme === "light" || rditTheme === "dark") return rditTheme === "dark";
  const themed = document.querySelector<HTMLElement>("[data-jp-theme-light]");
  return themed
    ? themed.dataset.jpThemeLight === "false"
    : matchMedia("(prefers-color-scheme: dark)").matches;
}

// Runs inside the frame. It is serialized with toString, so it must not refer to anything outside.
function tellHeight(): void {
  let told = 0;
  const tell = (isLoaded = false) => {
    const root = document.documentElement;
    const reach =
      document.body && document.body.scrollHeight > innerHeight ? document.body.scrollHeight : 0;
    const height = Math.ceil(Math.max(root.getBoundingClientRect().height, reach));
    if (height === told && !isLoaded) return;
    told = height;
    parent.postMessage({ rditHeight: height, rditLoaded: isLoaded }, "*");
  };
  new ResizeObserver(() => tell()).observe(document.documentElement);
  // Where it has been laid out by then.
  const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => tell(true)));
  addEventListener("load", drawn);
}
