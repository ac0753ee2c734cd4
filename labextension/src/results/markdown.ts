// Markdown as on GitHub: beyond what `marked` has by itself, footnotes (`[^1]`) and alerts (`> [!NOTE]`).

import { Marked, type MarkedExtension, type Tokens } from "marked";

interface Note {
  readonly label: string;
  readonly tokens: Tokens.Generic[];
}

/// What the notes of one text are; its references number them.
interface Notes {
  readonly defined: Map<string, Note>;
  readonly used: string[];
}

const definition =
  /^ {0,3}\[\^([^\]\s]+)\]:[ \t]*((?:[^\n]*)(?:\n(?:[ \t]+[^\n]+|(?=\n[ \t]+\S)))*)(?:\n+|$)/;
const reference = /^\[\^([^\]\s]+)\](?!:)/;

function footnotes(notes: Notes): MarkedExtension {
  return {
    extensions: [
      {
        name: "footnoteDefinition",
        level: "block",
        tokenizer(source) {
          const [raw, label, text] = definition.exec(source) ?? [];
          if (!raw) return undefined;
          const tokens = this.lexer.blockTokens(text!.replace(/\n[ \t]{1,4}/g, "\n"), []);
          notes.defined.set(label!, { label: label!, tokens });
          return { type: "footnoteDefinition", raw };
        },
        renderer: () => "",
      },
      {
        name: "footnoteReference",
        level: "inline",
        start: source => source.indexOf("[^"),
        tokenizer(source) {
          const [raw, label] = reference.exec(source) ?? [];
          return raw ? { type: "footnoteReference", raw, label } : undefined;
        },
        renderer({ raw, label }) {
          if (!notes.defined.has(label)) return escaped(raw);
          if (!notes.used.includes(label)) notes.used.push(label);
          const number = notes.used.indexOf(label) + 1;
          return `<sup><a id="footnote-ref-${number}" href="#footnote-${number}" title="Footnote ${number}">${number}</a></sup>`;
        },
      },
    ],
  };
}

const alerts: MarkedExtension = {
  renderer: {
    blockquote({ tokens }) {
      const body = this.parser.parse(tokens);
      const [head, kind] =
        /^<p>\[!(note|tip|important|warning|caution)\][ \t]*(?:<br>)?\n?/i.exec(body) ?? [];
      if (!head) return false;
      const name = kind!.toLowerCase();
      const rest = `<p>${body.slice(head.length)}`.replace(/^<p>\s*<\/p>\n?/, "");
      return `<div class="markdown-alert markdown-alert-${name}"><p>${name[0]!.toUpperCase()}${name.slice(1)}</p>\n${rest}</div>\n`;
    },
  },
};

/// The HTML of Markdown, which is to be sanitized.
export async function markdownToHtml(source: string): Promise<string> {
  const notes: Notes = { defined: new Map(), used: [] };
  const marked = new Marked({ gfm: true }, alerts, footnotes(notes));
  const html = await marked.parse(source, { async: true });
  let list = "";
  // A note may refer to another one.
  for (let index = 0; index < notes.used.length; index++) {
    const { tokens } = notes.defined.get(notes.used[index]!)!;
    const back = ` <a href="#footnote-ref-${index + 1}" title="Back to the text">↩</a>`;
    const text = marked.parser(tokens).trimEnd();
    const end = /<\/p>$/.test(text) ? text.length - 4 : text.length;
    list += `<li id="footnote-${index + 1}">${text.slice(0, end)}${back}${text.slice(end)}</li>\n`;
  }
  return list ? `${html}<section class="footnotes"><ol>\n${list}</ol></section>\n` : html;
}

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
