// Two outputs with fixed names, page.js and page.css, which the server's template names (and hashes);
// every other chunk is loaded by them, lazily, under a hashed name.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "./",
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  test: { root: here(".."), include: ["tests/ui/**/*.test.ts"] },
  build: {
    outDir: here("../rdit_ext/static"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    chunkSizeWarningLimit: 1000,
    rollupOptions: {
      input: here("src/page/index.ts"),
      output: {
        entryFileNames: "page.js",
        chunkFileNames: "chunks/[name]-[hash].js",
        assetFileNames: asset =>
          asset.names.includes("index.css") ? "page.css" : "assets/[name]-[hash][extname]",
      },
    },
  },
});
