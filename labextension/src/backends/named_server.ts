// The server named by `?python-server=URL`, used instead of the page's own. Imported lazily, since
// few pages name one.
import type { Choices, ServerAddress } from "./choose";

/// The server at `named`, after the user's consent if it is of another origin. `server` is null if
/// the URL is invalid or the user declined; `declined` says which.
export async function otherServer(
  named: string,
  { page, confirm }: Choices,
): Promise<{ server: ServerAddress | null; declined: string }> {
  const server = serverAt(named, page);
  if (!server) return { server, declined: `${named} is not an address.` };
  if (!server.isForeign || (await confirm(server))) return { server, declined: "" };
  return { server: null, declined: `You did not want to use ${server.name}.` };
}

/// Parses the URL of a Jupyter server. Null if it is not an http(s) URL. A `?token=` becomes
/// `token` and is not part of `baseUrl`; a trailing `/lab`, `/tree` or `/rdit` is removed.
export function serverAt(address: string, page: URL): ServerAddress | null {
  let url: URL;
  try {
    url = new URL(address, page);
  } catch {
    return null;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  const token = url.searchParams.get("token") ?? "";
  const folder = url.pathname.replace(/\/(rdit|lab|tree)?\/?$/, "");
  return {
    baseUrl: `${url.origin}${folder}/`,
    token,
    isForeign: url.origin !== page.origin,
    name: url.host,
  };
}
