// What the server's template tells the page.
export interface PageConfig {
  /// Ends in a slash.
  baseUrl: string;
  /// The Contents path to open; null for the start page.
  path: string | null;
  version: string;
  /// The folder that Contents paths begin at, as frames of a traceback name it; "" if unknown.
  root: string;
  /// Whether files whose name, or whose folder's, begins with a dot can be opened.
  givesHidden: boolean;
  /// A page from a static site, with no server behind it.
  isSite: boolean;
  /// Where the page's own files are, ending in a slash.
  staticUrl: string;
  /// Whether code may run in this browser.
  isBrowserAllowed: boolean;
  /// Where Python in this browser finds packages, ending in a slash; "" if nowhere.
  packagesUrl: string;
  /// Of a site: the scripts that come with it.
  examples: { path: string; size: number }[];
}

let isSite = false;

/// The address of this page as it was opened.
export const pageAddress = new URL(globalThis.location?.href ?? "about:blank");

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

/// A login token in the address has done its work: it must not reach history, bookmarks or referrers.
/// Another server's is taken out of its address as well; `pageAddress` still has it.
export function forgetToken() {
  const url = new URL(location.href);
  const other = url.searchParams.get("python-server") ?? "";
  if (!url.searchParams.has("token") && !/[?&]token=/.test(other)) return;
  url.searchParams.delete("token");
  if (other) url.searchParams.set("python-server", other.replace(/([?&])token=[^&]*&?/, "$1"));
  history.replaceState(history.state, "", url);
}

const encodePath = (path: string) => path.split("/").map(encodeURIComponent).join("/");

/// The address of the editor on a script.
export const editUrl = (baseUrl: string, path: string) =>
  isSite ? `${baseUrl}?path=${encodePath(path)}` : `${baseUrl}rdit/edit/${encodePath(path)}`;

/// The address of the start page at a folder.
export const folderUrl = (baseUrl: string, path: string) =>
  `${baseUrl}${isSite ? "" : "rdit"}${path ? `?folder=${encodeURIComponent(path).replaceAll("%2F", "/")}` : ""}`;

export const contentsUrl = (baseUrl: string, path: string) =>
  `${baseUrl}api/contents/${encodePath(path)}`;

/// Where one signs in and comes back to this page: the page itself, which asks who is not signed in,
/// in the way of whatever stands before this server.
export const loginUrl = () => location.pathname + location.search;

export const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
export const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
