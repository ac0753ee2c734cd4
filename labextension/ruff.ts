// The part of the build that puts ruff for the browser beside the page: the WebAssembly of the npm package
// `@astral-sh/ruff-wasm-web`, packed, in static/ruff/VERSION-HASH/, so that a browser may keep it for ever.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = dirname(
  createRequire(import.meta.url).resolve("@astral-sh/ruff-wasm-web/package.json"),
);
const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as {
  version: string;
};
const NAME = "ruff.wasm.gz";

/// The packed module, made once and then kept in node_modules.
function packed(): Buffer {
  const cache = join(root, "node_modules/.cache/rdit", `ruff-${version}`);
  const path = join(cache, NAME);
  if (!existsSync(path)) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(path, gzipSync(readFileSync(join(source, "ruff_wasm_bg.wasm")), { level: 9 }));
  }
  return readFileSync(path);
}

const folder = () =>
  `ruff/${version}-${createHash("sha256").update(packed()).digest("hex").slice(0, 8)}`;

/// What the page must know of it, as a constant in its code.
export const ruffConstants = (command: "build" | "serve") => ({
  __RUFF__: JSON.stringify(command === "build" ? `${folder()}/${NAME}` : ""),
});

/// Leaves out the package's own way to load it, by which the build would put it beside the page unpacked.
export const ruffLoader = (): Plugin => ({
  name: "rdit-ruff-loader",
  enforce: "pre",
  transform: (code, id) =>
    id.endsWith("/ruff_wasm.js")
      ? code.replace(/new URL\(['"]ruff_wasm_bg\.wasm['"], import\.meta\.url\)/, "undefined")
      : null,
});

/// Puts the files into the build.
export const ruff = (): Plugin => ({
  name: "rdit-ruff",
  apply: "build",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: `${folder()}/${NAME}`, source: packed() });
    this.emitFile({
      type: "asset",
      fileName: `${folder()}/LICENSE.txt`,
      source: readFileSync(join(source, "LICENSE")),
    });
  },
});
