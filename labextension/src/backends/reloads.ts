// Modules that were edited after they were imported, as a run's plan lists them.
import type { Event } from "../protocol";

/// A message about edited modules.
export interface ModuleNews {
  readonly text: string;
  /// False if the module cannot be reloaded: a restart is needed.
  readonly isLoaded: boolean;
}

/// The messages for the user. None from a snapshot: what happened before the page was opened is not
/// news.
export function moduleNews(events: readonly Event[]): ModuleNews[] {
  const news: ModuleNews[] = [];
  if (events.some(event => event.type === "attached")) return news;
  const add = (said: string, modules: readonly string[] | undefined, isLoaded: boolean) => {
    if (modules?.length) news.push({ text: `Edited, ${said}: ${modules.join(", ")}`, isLoaded });
  };
  for (const event of events)
    if (event.type === "plan") {
      add("loaded anew", event.reloaded, true);
      add("needs a restart", event.outdated, false);
    }
  return news;
}
