// One script with all of it, which a test gives the server's page in place of its own.
import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vite";
import page from "../../../labextension/vite.config.ts";

export default defineConfig(async environment =>
  mergeConfig(await page(environment), {
    build: {
      rollupOptions: {
        input: { page: fileURLToPath(new URL("documents.ts", import.meta.url)) },
      },
    },
  }),
);
