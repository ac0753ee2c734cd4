// Lazy chunk: what each kind of output is in words: for a screen reader, folded, copied, exported. A type of
// output that the protocol has and this table has not is an error of the compiler.

import type { Output } from "../../protocol";
import { withoutAnsi } from "../ansi";
import type { CutPart, Part, TextPart } from "../results";
import { bundleWords } from "./bundle_words";

/// A kind of output in words. All are pure.
export interface PartWords<P> {
  /// In a few words, for a screen reader and for the line of a folded result; "" if there is nothing
  /// to say. Of text, the text.
  gist(part: P): string;
  /// As text, as it is copied.
  plain(part: P): string;
  /// As an output of the protocol, for a conversion to other formats.
  export(part: P): Output;
}

const text: PartWords<TextPart> = {
  gist: ({ text }) => withoutAnsi(text).trim(),
  plain: ({ text }) => withoutAnsi(text),
  export: ({ type, text }) => ({ type, text }),
};

const words: { readonly [Type in Part["type"]]: PartWords<Part & { type: Type }> } = {
  stdout: text,
  stderr: text,
  result: bundleWords,
  display: bundleWords,
  error: {
    gist: ({ name, message }) => (message ? `${name}: ${message}` : name),
    plain: ({ text }) => withoutAnsi(text),
    export: part => part,
  },
  truncated: {
    gist: () => "",
    plain: part => withoutAnsi(inText(part)),
    export: part => ({ type: "stderr", text: inText(part) }),
  },
};

const inText = ({ bytes, tail = "" }: CutPart) =>
  (bytes ? `[${bytes} bytes were left out here]\n` : "") + tail;

/// The words of a part.
export function wordsOf(part: Part): PartWords<Part> {
  return words[part.type] as PartWords<Part>;
}
