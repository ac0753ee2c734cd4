// The part of the build that makes static/report.html: the template of a report, with all that runs in
// one and all styles in it. documents/report.ts fills it, and documents/report.py on the server.
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build, type Plugin, type Rollup } from "vite";

// Rules of the page alone: layouts in the editor, and what is only over it.
const ofPage =
  /\.(cm-|rdit-(beside|below|spaced|reading|leaders|divider|statement-mark|hint|prompt|paper|stale-count|mark|menu|question|running|gutter|broken|FileEditor))/;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/// The rules that may match in a report: those of the page's layouts would be a quarter of all.
function withoutPage(css: string): string {
  return css.replace(/([^{}]+)\{([^{}]*)\}/g, (rule, selectors: string, body: string) => {
    if (/^\s*@/.test(selectors)) return rule;
    // Not at the commas within brackets.
    const kept = selectors.split(/,(?![^()]*\))/).filter(selector => !ofPage.test(selector));
    return kept.length ? `${kept.join(",")}{${body}}` : "";
  });
}

async function bundle(name: string, plugins: Plugin[]): Promise<{ code: string; css: string }> {
  const made = (await build({
    configFile: false,
    plugins,
    root: here("."),
    logLevel: "warn",
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      write: false,
      cssCodeSplit: false, // else it would be in the code
      target: "es2022",
      modulePreload: false,
      rollupOptions: {
        input: here(`src/report/${name}.ts`),
        output: { format: "iife", codeSplitting: false },
      },
    },
  })) as Rollup.RollupOutput;
  const chunk = made.output.find(file => file.type === "chunk")!;
  // In strings and patterns, where alone they are: nothing that an HTML parser takes for the end of the
  // element, or for a comment in it.
  const code = chunk.code.trim().replace(/<(?=!--|\/?script)/gi, "\\x3c");
  const sheet = made.output.find(file => file.fileName.endsWith(".css"));
  const css = sheet?.type === "asset" ? withoutPage(String(sheet.source).trim()) : "";
  // It stands within the elements of a document, and is searched for what is to be filled in.
  if (/<\/script|<!--|\{\{rdit:/i.test(code)) throw new Error("The report's code would end early.");
  if (/<\/style|\{\{rdit:/i.test(css)) throw new Error("The report's styles would end early.");
  return { code, css };
}

/// The template. By its policy it reaches no network, and runs nothing but its own code; where outputs
/// have scripts, which run in frames that inherit the policy, any inline script.
async function template(plugins: Plugin[]): Promise<string> {
  const { code, css } = await bundle("index", plugins);
  const rich = (await bundle("rich", plugins)).code;
  const math = (await bundle("math", plugins)).code;
  const hashes = [code, rich, math].map(
    text => `'sha256-${createHash("sha256").update(text).digest("base64")}'`,
  );
  const policy = [
    "default-src 'none'",
    "img-src data: blob:",
    "media-src data: blob:",
    "font-src data:",
    "style-src 'unsafe-inline'",
    `script-src {{rdit:scripts|${hashes.join(" ")}}}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en"{{rdit:attributes}}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta http-equiv="x-dns-prefetch-control" content="off">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{{rdit:title}}</title>
<style>${css}</style>
</head>
<body>
<div class="rdit-report">
<header class="rdit-report-head"><h1>{{rdit:title}}</h1></header>
<main>
{{rdit:body}}
</main>
</div>
{{rdit:files}}<!--rdit:rich-->
<script>${rich}</script>
<!--rdit:end-->
<!--rdit:math-->
<script>${math}</script>
<!--rdit:end-->
<script>${code}</script>
</body>
</html>
`;
}

/// Writes report.html beside the page. `plugins`: for what runs in it.
export const report = (...plugins: Plugin[]): Plugin => ({
  name: "rdit-report",
  async generateBundle() {
    this.emitFile({ type: "asset", fileName: "report.html", source: await template(plugins) });
  },
});
