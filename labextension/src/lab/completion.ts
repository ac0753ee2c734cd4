// Completions from the script's live kernel, in addition to those of language servers and of the
// text.

import type {
  CompletionHandler,
  ICompletionContext,
  ICompletionProvider,
} from "@jupyterlab/completer";
import { RditDocument } from "./document";

/// JupyterLab's completion provider for scripts.
export class KernelCompletions implements ICompletionProvider {
  readonly identifier = "CompletionProvider:rdit";
  readonly rank = 550;

  async isApplicable({ widget }: ICompletionContext): Promise<boolean> {
    if (!(widget instanceof RditDocument)) return false;
    const { backend, session } = widget.script;
    return !!backend?.capabilities.includes("complete") && session.kernel?.id !== undefined;
  }

  async fetch(
    { text, offset }: CompletionHandler.IRequest,
    { widget }: ICompletionContext,
  ): Promise<CompletionHandler.ICompletionItemsReply> {
    const none = { start: offset, end: offset, items: [] };
    if (!(widget instanceof RditDocument)) return none;
    const cursor = [...text.slice(0, offset)].length;
    // Without the rest of a word that the cursor is in: typed before `kept = 1`, `kept` would bind
    // `keptkept`, and that would be offered.
    const rest = /^[\p{L}\p{N}_]*/u.exec(text.slice(offset))![0];
    const code = text.slice(0, offset) + text.slice(offset + rest.length);
    const answer = await widget.script.backend?.query("complete", { code, cursor });
    if (!answer) return none;
    const types = new Map(
      (
        (answer.metadata?._jupyter_types_experimental ?? []) as { text: string; type?: string }[]
      ).map(({ text, type }) => [text, type]),
    );
    return {
      start: codeUnits(code, answer.cursorStart),
      end: codeUnits(code, answer.cursorEnd),
      items: answer.matches.map(label => ({ label, type: types.get(label) })),
    };
  }
}

/// Converts offsets: kernels count code points, JavaScript UTF-16 code units.
function codeUnits(text: string, codePoints: number): number {
  return [...text].slice(0, codePoints).join("").length;
}
