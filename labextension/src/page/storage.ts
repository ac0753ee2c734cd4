// Preferences in localStorage. Only what may be lost: a private window or a full disk may refuse to
// store it.

/// Reads a preference; `fallback` if it is not stored or cannot be read.
export function recall<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(`rdit.${key}`);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

/// Stores a preference; no-op if storage is not available.
export function remember(key: string, value: unknown) {
  try {
    localStorage.setItem(`rdit.${key}`, JSON.stringify(value));
  } catch {
    // not stored: only a preference
  }
}

/// Whether to save automatically: after a pause, or with a run.
export const saves = (when: "autosave" | "saveOnRun") => recall(when, true);

const MOST_RECENT = 8;
// By base URL: several servers can share one origin, as on a hub.
const recentKey = (baseUrl: string) => `recent:${baseUrl}`;

/// Contents paths of the files opened last, latest first.
export const recentFiles = (baseUrl: string): string[] => {
  const paths = recall<unknown>(recentKey(baseUrl), []);
  return Array.isArray(paths) ? paths.filter(path => typeof path === "string") : [];
};

export function rememberFile(baseUrl: string, path: string) {
  const others = recentFiles(baseUrl).filter(other => other !== path);
  remember(recentKey(baseUrl), [path, ...others].slice(0, MOST_RECENT));
}

export function forgetFile(baseUrl: string, path: string) {
  remember(
    recentKey(baseUrl),
    recentFiles(baseUrl).filter(other => other !== path),
  );
}
