// The part of the build that puts what draws charts beside the page, in static/charts/: plotly.js, Vega with
// Vega-Lite and what embeds it, and Mermaid, each as one script for a frame (results/charts.ts, mermaid.ts). Their names have no hash:
// JupyterLab's bundle, which another build makes, asks for them too.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const resolve = createRequire(import.meta.url).resolve;

/// The folder of a package, which may not export its package.json.
const folderOf = (name: string, main: string) => {
  const path = resolve(name);
  return path.slice(0, path.lastIndexOf(`/${name}/`) + name.length + 2) + main;
};
const libraries = {
  plotly: [["plotly.js-dist-min", "plotly.min.js"]],
  vega: [
    ["vega", "build/vega.min.js"],
    ["vega-lite", "build/vega-lite.min.js"],
    ["vega-embed", "build/vega-embed.min.js"],
  ],
  mermaid: [["mermaid", "dist/mermaid.min.js"]],
} as const;

type Library = keyof typeof libraries;
const names = Object.keys(libraries) as Library[];

/// A module of its own to each, so that none of their names meet.
const scriptOf = (name: Library) =>
  libraries[name]
    .map(([library, main]) => readFileSync(folderOf(library, main), "utf8"))
    .map(text => text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"))
    .join(";\n");

/// Puts the files into the build.
export const charts = (): Plugin => ({
  name: "rdit-charts",
  apply: "build",
  generateBundle() {
    for (const name of names) {
      this.emitFile({ type: "asset", fileName: `charts/${name}.js`, source: scriptOf(name) });
      const licenses = libraries[name].map(([library, main]) => {
        const folder = dirname(folderOf(library, main)).replace(/\/(build|dist)$/, "");
        return `${library}\n\n${readFileSync(join(folder, "LICENSE"), "utf8")}`;
      });
      this.emitFile({
        type: "asset",
        fileName: `charts/${name}-LICENSE.txt`,
        source: licenses.join("\n\n"),
      });
    }
  },
});
