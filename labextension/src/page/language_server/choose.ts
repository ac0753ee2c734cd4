// Which of the language servers that jupyter-lsp has is asked about Python.

/// A server, as `lsp/status` lists it.
interface Session {
  readonly spec: { readonly display_name?: string; readonly languages?: readonly string[] };
}

/// Best first: by memory, and by how soon they answer. Others for Python come after them.
const PREFERRED = ["ty", "pyrefly", "basedpyright", "pyright", "pylsp", "python-lsp-server"];

export interface Choice {
  /// Its name in jupyter-lsp's addresses.
  readonly key: string;
  readonly name: string;
}

/// Null if there is none for Python.
export function choose(sessions: Readonly<Record<string, Session>>): Choice | null {
  const place = (key: string) => {
    const at = PREFERRED.indexOf(key.replace(/-langserver$/, ""));
    return at < 0 ? PREFERRED.length : at;
  };
  const [key] = Object.keys(sessions)
    .filter(each => sessions[each]!.spec.languages?.includes("python"))
    .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
  return key === undefined ? null : { key, name: sessions[key]!.spec.display_name || key };
}
