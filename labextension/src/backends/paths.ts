// Maps file paths in tracebacks to Contents API paths.

/// The Contents path of the file at the kernel's `path`. Null if the server does not serve it: it
/// is outside of `root`, or hidden (`.venv/…`) and hidden files are off.
export function contentsPath(path: string, root: string, givesHidden: boolean): string | null {
  if (!root) return null;
  // `root` may be the root of the file system.
  const start = root.endsWith("/") ? root : `${root}/`;
  if (!path.startsWith(start)) return null;
  const local = path.slice(start.length);
  return local && (givesHidden || !/(^|\/)\./.test(local)) ? local : null;
}

/// Whether `path` is the script at this Contents path. If `root` is unknown, compares the end of
/// the path.
export function isFileAt(path: string, contents: string, root: string): boolean {
  return root ? contentsPath(path, root, true) === contents : path.endsWith(`/${contents}`);
}
