// The configuration that the server's template gives to the page.
export interface PageConfig {
  /// Ends in a slash.
  baseUrl: string;
  /// The Contents path to open; null for the start page.
  path: string | null;
  version: string;
  /// The Contents root as a path of the kernel's file system, as in tracebacks; "" if unknown.
  root: string;
  /// Whether the server serves hidden files (`ContentsManager.allow_hidden`).
  givesHidden: boolean;
  /// Whether the page is from a static site, without a server.
  isSite: boolean;
  /// URL of the page's static files, ending in a slash.
  staticUrl: string;
  /// Whether the server has the extension jupyter-lsp.
  hasLanguageServers?: boolean;
  /// Whether code may run in this browser.
  isBrowserAllowed: boolean;
  /// URL of packages for Python in this browser, ending in a slash; "" for none.
  packagesUrl: string;
  /// Examples of a static site.
  examples: { path: string; size: number }[];
}

let isSite = false;

/// The page's URL when it was loaded, query and token included.
export const pageAddress = new URL(globalThis.location?.href ?? "about:blank");

/// Reads the configuration embedded in the page; URLs in it become absolute.
export function readConfig(): PageConfig {
  const data = document.getElementById("jupyter-config-data")?.textContent ?? "{}";
  const config = {
    baseUrl: "/",
    path: null,
    version: "",
    root: "",
    givesHidden: true,
    isSite: false,
    staticUrl: "/static/rdit/",
    isBrowserAllowed: true,
    packagesUrl: "",
    examples: [],
    ...(JSON.parse(data) as Partial<PageConfig>),
  };
  ({ isSite } = config);
  const page = new URL(location.href);
  config.staticUrl = new URL(config.staticUrl, page).href;
  config.packagesUrl &&= new URL(config.packagesUrl, page).href;
  return isSite ? { ...config, path: page.searchParams.get("path") } : config;
}

/// Removes login tokens from the address bar, so that they do not reach history, bookmarks or
/// referrers. `pageAddress` keeps that of another server.
export function forgetToken() {
  const url = new URL(location.href);
  const other = url.searchParams.get("python-server") ?? "";
  if (!url.searchParams.has("token") && !/[?&]token=/.test(other)) return;
  url.searchParams.delete("token");
  if (other) url.searchParams.set("python-server", other.replace(/([?&])token=[^&]*&?/, "$1"));
  history.replaceState(history.state, "", url);
}

/// A path in a URL.
export const encodePath = (path: string) => path.split("/").map(encodeURIComponent).join("/");

/// URL of the editor for a script.
export const editUrl = (baseUrl: string, path: string) =>
  isSite ? `${baseUrl}?path=${encodePath(path)}` : `${baseUrl}rdit/edit/${encodePath(path)}`;

/// URL of the start page for a folder.
export const folderUrl = (baseUrl: string, path: string) =>
  `${baseUrl}${isSite ? "" : "rdit"}${path ? `?folder=${encodeURIComponent(path).replaceAll("%2F", "/")}` : ""}`;

export const contentsUrl = (baseUrl: string, path: string) =>
  `${baseUrl}api/contents/${encodePath(path)}`;

/// Where to sign in: the page's own URL. Loading it redirects to the login of Jupyter, or of a hub
/// or proxy before it, and back.
export const loginUrl = () => location.pathname + location.search;

export const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
export const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
