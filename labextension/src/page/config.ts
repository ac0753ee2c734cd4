// What the server's template tells the page.
export interface PageConfig {
  /// Ends in a slash.
  baseUrl: string;
  /// The Contents path to open; null for the start page.
  path: string | null;
  version: string;
  /// The folder that Contents paths begin at, as frames of a traceback name it; "" if unknown.
  root: string;
}

export function readConfig(): PageConfig {
  const data = document.getElementById("jupyter-config-data")?.textContent ?? "{}";
  const config = { baseUrl: "/", path: null, version: "", root: "" };
  return { ...config, ...(JSON.parse(data) as Partial<PageConfig>) };
}

/// A login token in the address has done its work: it must not reach history, bookmarks or referrers.
export function forgetToken() {
  const url = new URL(location.href);
  if (!url.searchParams.has("token")) return;
  url.searchParams.delete("token");
  history.replaceState(history.state, "", url);
}

const encodePath = (path: string) => path.split("/").map(encodeURIComponent).join("/");

/// The address of the editor on a script.
export const editUrl = (baseUrl: string, path: string) => `${baseUrl}rdit/edit/${encodePath(path)}`;

/// The address of the start page at a folder.
export const folderUrl = (baseUrl: string, path: string) =>
  `${baseUrl}rdit${path ? `?folder=${encodeURIComponent(path).replaceAll("%2F", "/")}` : ""}`;

export const contentsUrl = (baseUrl: string, path: string) =>
  `${baseUrl}api/contents/${encodePath(path)}`;

/// Where one signs in and comes back to this page: the page itself, which asks who is not signed in,
/// in the way of whatever stands before this server.
export const loginUrl = () => location.pathname + location.search;

export const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
export const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
