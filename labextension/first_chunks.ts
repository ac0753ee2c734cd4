// What page.js imports before it can start. The bundler puts a module that page.js shares with a lazy
// chunk into a file of its own, which the browser would only ask for after it has page.js: the HTML
// names these files, so that all come at once.
import type { Plugin } from "vite";

type Bundle = Record<string, { type: string; imports?: string[] }>;

/// Names of the files that page.js imports statically, directly or not.
export function firstChunks(bundle: Bundle): string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    for (const next of bundle[name]?.imports ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit("page.js");
  return [...found].sort();
}

/// Writes them to first_chunks.json, for the server.
export const firstChunksFile: Plugin = {
  name: "rdit-first-chunks",
  generateBundle(_, bundle) {
    const source = JSON.stringify(firstChunks(bundle as Bundle));
    this.emitFile({ type: "asset", fileName: "first_chunks.json", source });
  },
};
