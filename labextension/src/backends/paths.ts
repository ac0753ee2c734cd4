// Files of a server, as tracebacks name them and as Jupyter's Contents API does.

/// The Contents path of the file that the kernel knows as `path`; null where the server, whose folder is
/// `root`, does not give it out: it is elsewhere, or hidden in there (`.venv/…`).
export function contentsPath(path: string, root: string, givesHidden: boolean): string | null {
  if (!root) return null;
  // The folder may be the whole disk.
  const start = root.endsWith("/") ? root : `${root}/`;
  if (!path.startsWith(start)) return null;
  const local = path.slice(start.length);
  return local && (givesHidden || !/(^|\/)\./.test(local)) ? local : null;
}

/// Whether that is the script at this Contents path. Where the server's folder is not known, the end of
/// the path tells.
export function isFileAt(path: string, contents: string, root: string): boolean {
  return root ? contentsPath(path, root, true) === contents : path.endsWith(`/${contents}`);
}
