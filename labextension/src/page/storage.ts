// Preferences in localStorage. Only what may be lost: a private window or a full disk may refuse to
// store it.

import { pageSettings, type ValuesOf } from "../session/settings";

/// Reads a preference; `fallback` if it is not stored or cannot be read.
function recall<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(`rdit.${key}`);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

/// Stores a preference; no-op if storage is not available.
function remember(key: string, value: unknown) {
  try {
    localStorage.setItem(`rdit.${key}`, JSON.stringify(value));
  } catch {
    // not stored: only a preference
  }
}

type Preferences = ValuesOf<typeof pageSettings>;

/// The user's value of a setting of the page, or its default.
export const preference = <Name extends keyof Preferences>(name: Name): Preferences[Name] =>
  recall(name, pageSettings[name].default as Preferences[Name]);

export function setPreference<Name extends keyof Preferences>(
  name: Name,
  value: Preferences[Name],
) {
  remember(name, value);
}

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
