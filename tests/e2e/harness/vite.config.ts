// The harness alone: `vite build --config tests/e2e/harness/vite.config.ts --outDir DIR`.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  build: { target: "es2022", modulePreload: false, emptyOutDir: true, chunkSizeWarningLimit: 1000 },
});
