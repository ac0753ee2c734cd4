// Formatting before a save, which it must not keep from being done.
import type { EditorView } from "@codemirror/view";

type Formatter = Pick<typeof import("../editor/language/format"), "formatDocument">;

const MOST_MS = 5_000;

/// Formats the script, unless that takes too long. Resolves with why it is not formatted, if its own
/// messages do not tell that; else with "". Never rejects.
export async function formatBeforeSave(
  view: EditorView,
  load: () => Promise<Formatter> = () => import("../editor/language/format"),
): Promise<string> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), MOST_MS);
  const tooLate = new Promise<string>(resolve =>
    late.signal.addEventListener("abort", () => resolve("that takes too long.")),
  );
  const format = async () => {
    const { formatDocument } = await load();
    // What comes later would change what is saved.
    if (!late.signal.aborted)
      await formatDocument(view, null, { isQuiet: true, signal: late.signal });
    return "";
  };
  const failed = (error: unknown) => (error instanceof Error ? error.message : String(error));
  const reason = await Promise.race([format().catch(failed), tooLate]);
  clearTimeout(timer);
  return reason && `Saved without formatting: ${reason}`;
}
