// The part of the build that puts KaTeX's styles and fonts beside the page, in static/katex/VERSION/. Of each
// font the one format that all browsers read: the package has it in three, of which the others are a megabyte.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const source = dirname(createRequire(import.meta.url).resolve("katex/package.json"));
const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as {
  version: string;
};
const folder = `katex/${version}`;
const NAME = "katex.css";

/// Where the page finds the styles, as a constant in its code.
export const katexConstants = { __KATEX__: JSON.stringify(`${folder}/${NAME}`) };

/// Puts the files into the build.
export const katex = (): Plugin => ({
  name: "rdit-katex",
  apply: "build",
  generateBundle() {
    const emit = (name: string, content: string | Uint8Array) =>
      this.emitFile({ type: "asset", fileName: `${folder}/${name}`, source: content });
    const css = readFileSync(join(source, "dist/katex.min.css"), "utf8");
    emit(NAME, css.replace(/,url\([^)]*\.(woff|ttf)\) format\("(woff|truetype)"\)/g, ""));
    const fonts = join(source, "dist/fonts");
    for (const font of readdirSync(fonts).filter(name => name.endsWith(".woff2")))
      emit(`fonts/${font}`, readFileSync(join(fonts, font)));
    emit("LICENSE.txt", readFileSync(join(source, "LICENSE")));
  },
});
