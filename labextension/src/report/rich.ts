// What HTML and Markdown need, as large as the rest of a report's code: only in a report that has any.

import DOMPurify from "dompurify";
import { markdownToHtml } from "../results/markdown";

const rich = {
  sanitize: (html: string, settings: object): string => DOMPurify.sanitize(html, settings),
  markdown: markdownToHtml,
};

export type Rich = typeof rich;

(globalThis as { rditRich?: Rich }).rditRich = rich;
