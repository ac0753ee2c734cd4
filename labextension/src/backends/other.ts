// A server that the address of the page names, in place of the one that the page comes from. Not in the
// first chunk: few pages name one.
import type { Choices, ServerAddress } from "./choose";

/// The server at `named`; null with the reason if that is none, or the person does not want it.
export async function otherServer(
  named: string,
  { page, confirm }: Choices,
): Promise<{ server: ServerAddress | null; declined: string }> {
  const server = serverAt(named, page);
  if (!server) return { server, declined: `${named} is not an address.` };
  if (!server.isForeign || (await confirm(server))) return { server, declined: "" };
  return { server: null, declined: `You did not want to use ${server.name}.` };
}

/// The server at an address; null if that is none. A token in it is taken out.
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
