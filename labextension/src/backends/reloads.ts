// Modules that were edited since they were loaded, as a run's plan names them.
import type { Event } from "../protocol";

export interface ModuleNews {
  readonly text: string;
  /// False where only a restart helps.
  readonly isLoaded: boolean;
}

/// What the person is to be told of them. Of what a page finds when it opens, nothing: it is no news.
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
