// Markdown beyond what `marked` has by itself.
import { expect, it } from "vitest";
import { markdownToHtml } from "../../labextension/src/results/markdown";

it("numbers footnotes by their first use, and goes there and back", async () => {
  const html = await markdownToHtml(
    "One[^b] two[^a] one[^b].\n\n[^a]: The *second*.\n[^b]: The first\n    on two lines.\n\n    And a second paragraph.\n\nAfter.\n",
  );
  expect(html).toContain('One<sup><a id="footnote-ref-1" href="#footnote-1"');
  expect(html).toContain('two<sup><a id="footnote-ref-2" href="#footnote-2"');
  expect(html).toContain("<p>After.</p>");
  const [, list] = html.split("<ol>");
  expect(list).toMatch(
    /^\s*<li id="footnote-1"><p>The first\non two lines.<\/p>\s*<p>And a second/,
  );
  expect(list).toContain('<li id="footnote-2"><p>The <em>second</em>. <a href="#footnote-ref-2"');
  expect(html).not.toContain("[^");
});

it("leaves what is no footnote as it is written", async () => {
  expect(await markdownToHtml("x[^none] `[^a]`\n\n[^a]: unused")).toBe(
    "<p>x[^none] <code>[^a]</code></p>\n",
  );
  expect(await markdownToHtml("```\n[^a]: code\n```")).toContain("[^a]: code");
});

it("has alerts, task lists and tables", async () => {
  const html = await markdownToHtml(
    "> [!WARNING]\n> Not **this**.\n\n> a quote\n\n- [x] done\n\n|a|\n|-|\n|1|",
  );
  expect(html).toContain(
    '<div class="markdown-alert markdown-alert-warning"><p>Warning</p>\n<p>Not <strong>this</strong>.</p>\n</div>',
  );
  expect(html).toContain("<blockquote>\n<p>a quote</p>");
  expect(html).toContain('type="checkbox"');
  expect(html).toContain("<table>");
});
