// Marks the results of states with the code of the page: `node marks.mjs STATES.json` replaces the
// states in the file by why each result is stale, null where it is not. For check.py.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "vite";

const root = new URL("../..", import.meta.url).pathname;
const server = await createServer({
  root,
  configFile: false,
  logLevel: "error",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true, include: [] },
});
const { findStale, describeStale } = await server.ssrLoadModule(
  "/labextension/src/results/freshness.ts",
);
const { executed } = await server.ssrLoadModule("/labextension/src/results/history.ts");
// What ran, as the page learns of it: by events.
function historyOf(executions) {
  let history = { executions: [], epoch: 0 };
  for (const { run, nodeIndex, status, ...statement } of executions)
    for (const each of status === "ok" ? ["running"] : ["running", status]) {
      const event = { type: "status", run, nodeIndex, status: each };
      const news = executed(history, event, () => statement);
      if (!news) continue;
      const before = news.isLast ? history.executions.slice(0, -1) : history.executions;
      history = { ...history, executions: [...before, news.execution] };
    }
  return history;
}
// What a statement that has not run does with names, as the page sees it.
const looker = "/labextension/src/editor/language/source_names.ts";
let look = null;
if (existsSync(root + looker)) {
  const { namesOfSource } = await server.ssrLoadModule(looker);
  const { pythonLanguage } = await server.ssrLoadModule("@codemirror/lang-python");
  const { Text } = await server.ssrLoadModule("@codemirror/state");
  look = source => namesOfSource(pythonLanguage.parser, Text.of(source.split("\n")));
}
// Why the first of a chain is stale.
function rootOf(stale, why) {
  let root = why;
  while (root.because === "binder-stale" && stale[root.at]) root = stale[root.at];
  return root.because;
}
const path = process.argv[2];
const states = JSON.parse(await readFile(path, "utf8"));
const marks = states.map(state => {
  const history = historyOf(state.executions);
  const { executions } = history;
  const statements = state.statements.map(({ line, source, ran, reads, binds }) => {
    const execution = ran === null ? null : executions[ran];
    const isEdited = execution !== null && execution.source !== source;
    const isKnown = execution !== null && !isEdited;
    const names = isKnown || !look ? { reads, binds } : look(source);
    return { line, ran: execution, isEdited, ...names };
  });
  const stale = findStale(statements, history);
  return stale.map(why => why && `${rootOf(stale, why)}: ${describeStale(why, statements, stale)}`);
});
await writeFile(path, JSON.stringify(marks));
await server.close();
