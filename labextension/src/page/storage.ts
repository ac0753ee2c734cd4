// The user's preferences, as this browser last knew them, so that the first paint has them at once. With
// a server they are kept there (settings_sync.ts, a lazy chunk, exchanges them); without one, here.
// Storage may refuse: a private window, a full disk. Then they last as long as the page.
import type { pageSettings, ValuesOf } from "../session/settings";
import { pageDefaults } from "./defaults";

/// Reads what is stored; `fallback` if it is not stored or cannot be read.
function recall<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(`rdit.${key}`);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

/// Stores a value, or removes it if undefined; no-op if storage is not available.
function remember(key: string, value: unknown) {
  try {
    if (value === undefined) localStorage.removeItem(`rdit.${key}`);
    else localStorage.setItem(`rdit.${key}`, JSON.stringify(value));
  } catch {
    // not stored: only a preference
  }
}

type Preferences = ValuesOf<typeof pageSettings>;
export type PreferenceName = keyof Preferences;
type Values = Readonly<Record<string, unknown>>;

interface Known {
  /// What is not as by default.
  values: Values;
  /// Names that were changed here and that the server does not have yet.
  unsent: readonly string[];
}

const nothing: Known = { values: {}, unsent: [] };
// By base URL: several servers can share one origin, as on a hub. Templates read it too, for the theme.
let key = "settings:";
let known = nothing;
const listeners = new Set<() => void>();

/// Reads what this browser knows of the settings on that server.
export function openPreferences(baseUrl: string) {
  key = `settings:${baseUrl}`;
  known = { ...nothing, ...recall(key, nothing) };
  // Another tab has changed them.
  addEventListener("storage", event => {
    if (event.key === `rdit.${key}`) take({ ...nothing, ...recall(key, nothing) });
  });
}

/// The user's value of a setting of the page, or its default.
export function preference<Name extends PreferenceName>(name: Name): Preferences[Name] {
  const fallback = pageDefaults[name];
  // Version 0.1 kept each under a key of its own.
  const value = known.values[name] ?? recall<unknown>(name, null);
  return (typeof value === typeof fallback ? value : fallback) as Preferences[Name];
}

/// The keys that the user has given to a command; undefined for those of the habit.
export const userKeys = (id: string) => known.values[`key:${id}`] as readonly string[] | undefined;

export const isModified = (name: string) =>
  known.values[name] !== undefined || recall<unknown>(name, null) !== null;

/// Sets a preference, or the keys of a command (`key:` and its id); undefined goes back to the default.
export function setPreference<Name extends PreferenceName>(
  name: Name | `key:${string}`,
  value: Preferences[Name] | readonly string[] | undefined,
) {
  if (value === undefined) remember(name, undefined);
  const unsent = [...known.unsent.filter(other => other !== name), name];
  put({ values: { ...known.values, [name]: value }, unsent });
}

export const knownPreferences = (): Known => known;

/// Takes over what the server has.
export function putPreferences(now: Known) {
  if (JSON.stringify(now) !== JSON.stringify(known)) put(now);
}

/// Calls this after every change, of whatever tab or machine. Returns what ends that.
export function onPreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function put(now: Known) {
  remember(key, now);
  take(now);
}

function take(now: Known) {
  known = now;
  for (const listener of listeners) listener();
}

const MOST_RECENT = 8;
const recentKey = (baseUrl: string) => `recent:${baseUrl}`;

/// Contents paths of the files opened last, latest first.
export const recentFiles = (baseUrl: string): string[] => recentOf(recentKey(baseUrl));

export const rememberFile = (baseUrl: string, path: string) =>
  rememberFirst(recentKey(baseUrl), path);

export function forgetFile(baseUrl: string, path: string) {
  const key = recentKey(baseUrl);
  remember(
    key,
    recentOf(key).filter(other => other !== path),
  );
}

/// Ids of the commands that were run from the palette last, latest first.
export const recentCommands = (): string[] => recentOf("recent-commands");
export const rememberCommand = (id: string) => rememberFirst("recent-commands", id);

function recentOf(key: string): string[] {
  const found = recall<unknown>(key, []);
  return Array.isArray(found) ? found.filter(item => typeof item === "string") : [];
}

function rememberFirst(key: string, item: string) {
  const others = recentOf(key).filter(other => other !== item);
  remember(key, [item, ...others].slice(0, MOST_RECENT));
}
