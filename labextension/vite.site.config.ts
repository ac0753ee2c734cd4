// The page as a folder for any web server (`make site`): scripts run in the browser and are kept there.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig, type Plugin } from "vite";
import { firstChunks } from "./first_chunks.ts";
import page from "./vite.config.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here("../package.json"), "utf8")) as {
  version: string;
};
const examplesFolder = here("../examples");

// For the hosts that read it (Netlify, Cloudflare Pages): with these headers Stop interrupts Python in
// place; without them it starts it anew.
const HEADERS = `/*
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Embedder-Policy: credentialless
/pyodide/*
  Cache-Control: public, max-age=31536000, immutable
`;

function examples(): string[] {
  return readdirSync(examplesFolder, { recursive: true, encoding: "utf8" })
    .filter(path => statSync(join(examplesFolder, path)).isFile())
    .filter(path => !/(^|\/)[._]/.test(path) && !path.endsWith(".md"))
    .map(path => relative(".", path).split(sep).join("/"))
    .sort();
}

function html(config: object, preloads: string[]): string {
  // "<" cannot end the script element when it is written so.
  const json = JSON.stringify(config).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="referrer" content="no-referrer" />
    <title>rdit</title>
    <script id="jupyter-config-data" type="application/json">${json}</script>
    <script>
      // The chosen theme, before the first paint; page/storage.ts keeps it there.
      try {
        const { values } = JSON.parse(localStorage.getItem("rdit.settings:./"));
        document.documentElement.dataset.rditTheme = values.theme ?? "system";
      } catch {}
    </script>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="./page.css" />
${preloads.map(name => `    <link rel="modulepreload" href="./${name}" />\n`).join("")}    <script type="module" src="./page.js"></script>
  </head>
  <body>
    <div class="rdit-page" data-backend="pyodide" data-state="starting">
      <noscript>rdit edits and runs scripts in this page, for which it needs JavaScript.</noscript>
    </div>
  </body>
</html>
`;
}

function site(): Plugin {
  return {
    name: "rdit-site",
    generateBundle(_, bundle) {
      const found = examples().map(path => ({
        path,
        content: readFileSync(join(examplesFolder, path)),
      }));
      for (const { path, content } of found)
        this.emitFile({ type: "asset", fileName: `examples/${path}`, source: content });
      const config = {
        baseUrl: "./",
        isSite: true,
        staticUrl: "./",
        version,
        packagesUrl: process.env.RDIT_PACKAGES_URL ?? "",
        examples: found.map(({ path, content }) => ({ path, size: content.length })),
      };
      const preloads = firstChunks(bundle as Parameters<typeof firstChunks>[0]);
      this.emitFile({ type: "asset", fileName: "index.html", source: html(config, preloads) });
      this.emitFile({ type: "asset", fileName: "_headers", source: HEADERS });
      // Or GitHub Pages leaves out what begins with an underscore.
      this.emitFile({ type: "asset", fileName: ".nojekyll", source: "" });
    },
  };
}

export default defineConfig(async environment =>
  mergeConfig(await page(environment), {
    plugins: [site()],
    build: { outDir: here("../dist/site") },
  }),
);
