// Two outputs with fixed names, page.js and page.css, which the server's template names (and hashes);
// every other chunk is loaded by them, lazily, under a hashed name. pyodide/ holds Python for the browser,
// charts/ what draws charts.
/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { charts } from "./charts.ts";
import { firstChunksFile } from "./first_chunks.ts";
import { katex, katexConstants } from "./katex.ts";
import { pyodide, pyodideConstants } from "./pyodide.ts";
import { report } from "./report.ts";
import { ruff, ruffConstants, ruffLoader } from "./ruff.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// All styles are in page.css and no chunk is to come before it is asked for, so what Vite would put around
// every import() to look after them has nothing to do: plain imports are 2 kB less before the first paint.
const plainImports: Plugin = {
  name: "rdit-plain-imports",
  enforce: "pre",
  load: id =>
    id.endsWith("vite/preload-helper.js") ? "export const __vitePreload = load => load();" : null,
  generateBundle: {
    order: "post",
    handler(_, bundle) {
      for (const chunk of Object.values(bundle))
        if (chunk.type === "chunk")
          chunk.code = chunk.code
            .replaceAll(/,(?:\[\]|__vite__mapDeps\(\[[\d,]*\]\)),import\.meta\.url\)/g, ")")
            .replace(/^const __vite__mapDeps=.*\n/m, "");
    },
  },
};

export default defineConfig(async ({ command }) => ({
  root: here("."),
  base: "./",
  define: {
    "process.env.NODE_ENV": '"production"',
    global: "globalThis",
    ...(await pyodideConstants(command)),
    ...ruffConstants(command),
    ...katexConstants,
  },
  plugins: [
    pyodide(),
    ruff(),
    katex(),
    charts(),
    plainImports,
    firstChunksFile,
    report(plainImports),
  ],
  worker: {
    format: "es",
    plugins: () => [ruffLoader()],
    rollupOptions: {
      // One file: the page starts it from memory, where it could load no other.
      output: {
        entryFileNames: ({ name }) =>
          `${name.startsWith("ruff") ? "ruff" : "pyodide"}/[name]-[hash].js`,
        codeSplitting: false,
      },
    },
  },
  optimizeDeps: { exclude: ["pyodide"] },
  test: { root: here(".."), include: ["tests/ui/**/*.test.ts"] },
  build: {
    outDir: here("../rdit_ext/static"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    chunkSizeWarningLimit: 1000,
    rollupOptions: {
      input: here("src/page/index.ts"),
      // No property here does anything when it is read.
      treeshake: { propertyReadSideEffects: false },
      output: {
        entryFileNames: "page.js",
        chunkFileNames: "chunks/[name]-[hash].js",
        assetFileNames: asset =>
          asset.names.includes("index.css") ? "page.css" : "assets/[name]-[hash][extname]",
      },
    },
  },
}));
