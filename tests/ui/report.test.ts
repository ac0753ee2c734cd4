// A report is filled in the browser as on the server: tests/test_report.py has the same files.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fillReport } from "../../labextension/src/documents/report";
import type { ExportBody } from "../../labextension/src/protocol";

const here = join(import.meta.dirname, "../documents");
const template =
  "<title>{{rdit:title}}</title> {{rdit:scripts|'sha256-x'}}{{rdit:attributes}}\n{{rdit:body}}\n{{rdit:files}}";

it("fills a report as the server does", () => {
  const bodies = JSON.parse(readFileSync(join(here, "reports.json"), "utf8")) as ExportBody[];
  const made = bodies.map(({ title = "", results = [], resultsOnly = false, script }) =>
    fillReport(template, { script, results, title, resultsOnly }),
  );
  const files = { "a b.png": "data:image/png;base64,AA==", "</script>": "with it…" };
  made.push(
    fillReport(template, { script: "1\n", results: [], title: "", resultsOnly: false, files }),
  );
  expect(made.join("")).toBe(readFileSync(join(here, "reports.html"), "utf8"));
});
