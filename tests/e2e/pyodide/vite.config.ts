import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vite";
import page from "../../../labextension/vite.config.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(async environment => {
  const config = await (page as (given: typeof environment) => Promise<object>)(environment);
  return mergeConfig(config, {
    root: here("."),
    build: { outDir: process.env.HARNESS, rollupOptions: { input: here("index.html") } },
  });
});
