// What HTML and Markdown need, as large as the rest of a report's code: only in a report that has any.

import DOMPurify from "dompurify";
import { marked } from "marked";

const rich = {
  sanitize: (html: string, settings: object): string => DOMPurify.sanitize(html, settings),
  markdown: (text: string): Promise<string> => marked.parse(text, { async: true, gfm: true }),
};

export type Rich = typeof rich;

(globalThis as { rditRich?: Rich }).rditRich = rich;
