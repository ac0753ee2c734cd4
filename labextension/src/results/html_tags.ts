// Start tags in HTML, and in what has HTML in it: Markdown, strings of scripts. They are read as HTML's tokenizer reads
// them (https://html.spec.whatwg.org/multipage/parsing.html#tag-open-state), from where each begins, so that a value may
// have any character; a parser would give elements, and not where their values stand. Pure.

export interface Attribute {
  /// In lower case.
  readonly name: string;
  /// As it is written, with its quotes if it has any, and with entities.
  readonly written: string;
  /// Where that stands.
  readonly from: number;
}

export interface Tag {
  /// In lower case.
  readonly name: string;
  /// Those that have a value. Of several by a name the first one counts.
  readonly attributes: readonly Attribute[];
}

const attribute = /[\s/=]*([^\s/>=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"'][^\s>]*))?/y;
const end = /[\s/=]*>/y;

/// The start tags of these names, in their order. Those in comments are not among them, those in scripts are.
export function* tagsIn(html: string, names: readonly string[]): Generator<Tag> {
  const begin = new RegExp(`<(?:(${names.join("|")})|!--|/?script)(?:(?<=--)|(?=[\\s/>]))`, "gi");
  const lastCommentEnd = html.lastIndexOf("-->");
  let isInScript = false;
  for (let found; (found = begin.exec(html));) {
    const what = found[0].toLowerCase();
    if (what === "<!--") {
      if (!isInScript && found.index < lastCommentEnd)
        begin.lastIndex = html.indexOf("-->", found.index + 2) + 3;
    } else if (what.endsWith("script")) isInScript = what === "<script";
    if (!found[1]) continue;
    const attributes = new Map<string, Attribute>();
    let at = begin.lastIndex;
    for (let next; (next = match(attribute, html, at)); at += next[0].length) {
      const [whole, name, written] = next;
      const key = name!.toLowerCase();
      if (written !== undefined && !attributes.has(key))
        attributes.set(key, { name: key, written, from: at + whole.length - written.length });
    }
    begin.lastIndex = at;
    // What has no end is none.
    if (!match(end, html, at)) continue;
    yield { name: found[1].toLowerCase(), attributes: [...attributes.values()] };
  }
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/// A value without its quotes.
export const unquoted = (written: string): string =>
  /^["']/.test(written) ? written.slice(1, -1) : written;
