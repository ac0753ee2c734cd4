// Whether the page is dark, and when that changes.

/// Whether the page is dark. JupyterLab's theme tells; on the page the user chooses, or the system.
export function isDark(): boolean {
  const { rditTheme } = document.documentElement.dataset;
  if (rditTheme === "light" || rditTheme === "dark") return rditTheme === "dark";
  const themed = document.querySelector<HTMLElement>("[data-jp-theme-light]");
  return themed
    ? themed.dataset.jpThemeLight === "false"
    : matchMedia("(prefers-color-scheme: dark)").matches;
}

/// Calls when the page becomes dark or light. Returns what ends that.
export function onTheme(act: () => void): () => void {
  const observer = new MutationObserver(act);
  observer.observe(document.documentElement, { attributeFilter: ["data-rdit-theme"] });
  observer.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", act);
  return () => {
    observer.disconnect();
    media.removeEventListener("change", act);
  };
}
