// What this browser remembers for itself: never anything that must not be lost, since a private window
// or a full disk may refuse to keep it.

export function recall<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(`rdit.${key}`);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

export function remember(key: string, value: unknown) {
  try {
    localStorage.setItem(`rdit.${key}`, JSON.stringify(value));
  } catch {
    // it is a convenience only
  }
}

/// Whether the page saves by itself: after a pause, and when something is run.
export const saves = (when: "autosave" | "saveOnRun") => recall(when, true);

const MOST_RECENT = 8;
// Several servers may share one address, as on a hub.
const recentKey = (baseUrl: string) => `recent:${baseUrl}`;

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
