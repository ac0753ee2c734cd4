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
    const answer = await widget.script.backend?.query("complete", { code: text, cursor });
    if (!answer) return none;
    const types = new Map(
      (
        (answer.metadata?._jupyter_types_experimental ?? []) as { text: string; type?: string }[]
      ).map(({ text, type }) => [text, type]),
    );
    return {
      start: codeUnits(text, answer.cursorStart),
      end: codeUnits(text, answer.cursorEnd),
      items: answer.matches.map(label => ({ label, type: types.get(label) })),
    };
  }
}

/// Converts offsets: kernels count code points, JavaScript UTF-16 code units.
function codeUnits(text: string, codePoints: number): number {
  return [...text].slice(0, codePoints).join("").length;
}
