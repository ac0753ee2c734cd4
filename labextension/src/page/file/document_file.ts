// The document in the editor and its file: whether they differ, saving, drafts, and detecting
// changes made by others. What the user is asked about such changes is in conflict.ts.
import { EditorView } from "@codemirror/view";
import { setReadOnly } from "../code";
import { loginUrl } from "../config";
import { ContentsError, type TextFile } from "./contents";
import type { DiskChange, ScriptFile } from "./script_file";
import type { Banner } from "../../session/notifier";
import type { Notices } from "../chrome/notices";
import type { Drafts } from "./drafts";
import { preference } from "../storage";
import { reasonOf } from "../reason";

// Imported lazily: not needed for the first paint.
const whenChanged = () => import("./conflict");

// Debounce of automatic saving, in milliseconds: to a server, and to this browser's own storage.
const PAUSE_MS = 1_500;
const BROWSER_PAUSE_MS = 200;
// Delay before saving again when no server answered.
const RETRY_MS = 10_000;

type Occasion = "autosave" | "saveOnRun";

/// A document and its file. Failed requests are shown as notifications and do not reject.
export class SavedDocument {
  /// The document as saved in the file.
  saved: EditorView["state"]["doc"];
  /// The change on disk that the user is asked about, or has decided to overwrite.
  conflict: DiskChange | null = null;
  private saving: Promise<void> | null = null;
  private drafts: Drafts | null = null;
  private readonly loading: Promise<Drafts>;
  private autosave: ReturnType<typeof setTimeout> | undefined;
  /// Why no draft could be stored in this browser; reported once.
  private unkept: string | null = null;
  /// The script has no file, and the user has not decided to save it: no automatic saving.
  private isLoose = false;
  private isDisposed = false;
  /// Why the last automatic save failed, for the status bar.
  private unsaved = "";

  constructor(
    readonly name: string,
    readonly file: ScriptFile,
    readonly view: EditorView,
    readonly notices: Notices,
    /// Called when the file's state may have changed; with a text, the status bar shows that
    /// instead.
    readonly onChange: (text?: string) => void,
    baseUrl: string,
    /// The files are in this browser's storage: saving is immediate, so it is always automatic.
    private readonly isInBrowser: boolean,
  ) {
    this.saved = view.state.doc;
    this.loading = this.loadDrafts(baseUrl);
    this.loading.catch((error: unknown) => this.onDraft(String(error)));
    if (file.format.isMixed)
      notices.toast(
        `${name} has several kinds of line ends. Saving makes them all the same.`,
        "warning",
      );
  }

  /// Stops saving, and leaves a draft of what is not saved. A save in progress is completed.
  dispose() {
    this.isDisposed = true;
    clearTimeout(this.autosave);
    this.drafts?.dispose();
  }

  /// Whether the editor has content that is in no file.
  get isDirty() {
    return this.conflict?.kind === "gone" || this.isDirtyText;
  }

  private get isDirtyText() {
    return !this.view.state.doc.eq(this.saved);
  }

  /// The file's state, as the status bar shows it.
  get state(): string {
    if (!this.file.isWritable) return "Read-only";
    if (!this.isDirty) return "Saved";
    if (this.conflict) return "Unsaved · see above";
    if (this.unsaved) return `Unsaved · ${this.unsaved}`;
    return this.drafts?.isKept ? "Unsaved · draft kept" : "Unsaved";
  }

  /// Call after an edit by the user: stores a draft, and starts the debounced automatic save.
  typed() {
    if (!this.isDirty) return void this.drafts?.drop();
    this.keepDraft();
    this.unsaved = "";
    clearTimeout(this.autosave);
    const pause = this.isInBrowser ? BROWSER_PAUSE_MS : PAUSE_MS;
    this.autosave = setTimeout(() => this.saveByItself("autosave"), pause);
  }

  // Imported lazily: not needed before the first key press, and fetched with the script.
  private async loadDrafts(baseUrl: string): Promise<Drafts> {
    const { Drafts } = await import("./drafts");
    const drafts = new Drafts(baseUrl, this.file.path, failure => this.onDraft(failure));
    if (this.isDisposed) drafts.dispose();
    this.drafts = drafts;
    if (this.isDirty) this.keepDraft();
    return drafts;
  }

  keepDraft() {
    this.drafts?.keep(() => this.view.state.doc.toString());
  }

  /// Saves if the user's settings say so, and if no question to the user is open.
  saveByItself(when: Occasion) {
    clearTimeout(this.autosave);
    if (!this.isInBrowser && !preference(when)) return;
    if (!this.isDirty || this.isLoose || this.conflict || !this.file.isWritable) return;
    void this.save({ when });
  }

  /// Offers drafts of this script that closed pages have left.
  async offerDrafts() {
    try {
      await (await import("./draft_offer")).offerDrafts(this, await this.loading);
    } catch (error) {
      this.onDraft(String(error));
    }
  }

  private onDraft(failure: string | null) {
    if (this.isDisposed) return;
    this.onChange();
    if (failure === this.unkept) return;
    this.unkept = failure;
    if (failure)
      this.notices.toast(
        `This browser cannot keep what is not saved: ${failure}. Save the script yourself.`,
        "warning",
      );
  }

  /// The script is in no file yet: show it as unsaved, with this banner.
  sayUnsaved(notice: Banner) {
    this.isLoose = true;
    this.saved = this.saved.slice(0, 0);
    this.onChange();
    this.notices.banner(notice);
  }

  /// Saves after any save in progress. Unless the user asked for it, `when` says why it is saved; failures of
  /// what the user asked for are shown in a banner. `anew`: create the file again if it was deleted. Never rejects.
  save({ when, anew = false }: { when?: Occasion; anew?: boolean } = {}): Promise<void> {
    clearTimeout(this.autosave);
    // Serialized: each save compares with what the one before has written.
    const saving = (this.saving ?? Promise.resolve())
      .then(() => this.saveNow(when, anew))
      .finally(() => {
        if (this.saving === saving) this.saving = null;
      });
    return (this.saving = saving);
  }

  /// Checks whether the file was changed or deleted by others. If nothing is unsaved here, loads
  /// the change, else asks the user. `closely`: see `ScriptFile.look`.
  async look(closely: boolean) {
    if (this.saving || this.isDisposed || document.visibilityState === "hidden") return;
    const { conflict } = this;
    let change: DiskChange | null;
    try {
      change = await this.file.look({ closely });
    } catch (error) {
      // A failed request is shown by the connection's own status, and the check is repeated soon.
      if (error instanceof ContentsError) return;
      throw error;
    }
    // What a save has found meanwhile is newer.
    if (this.saving || this.isDisposed || this.conflict !== conflict) return;
    if (!change) return void (conflict && this.settled());
    if (sameAs(change, conflict)) return;
    // Import first: between the last check for unsaved text and the reload there must be no await.
    const { offerResolution, reloadFromDisk } = await whenChanged();
    if (this.saving || this.isDisposed) return;
    if (change.kind === "changed" && !this.isDirty) reloadFromDisk(this, change.file);
    else offerResolution(this, change);
  }

  /// Takes this version as the one on disk, which the next save may replace.
  adopt(disk: TextFile) {
    this.file.adopt(disk);
    setReadOnly(this.view, !this.file.isWritable);
  }

  /// The document equals the file again, or the user has chosen a version: drop draft and banner.
  settled() {
    this.conflict = null;
    if (!this.isDirtyText) this.drafts?.drop();
    this.notices.clear("file");
    this.onChange();
  }

  private async saveNow(when: Occasion | undefined, anew: boolean) {
    const isAsked = !when;
    if (!this.file.isWritable) return this.notices.toast(`${this.name} is read-only.`, "warning");
    if (!isAsked && (this.conflict || !this.isDirty)) return;
    const { doc } = this.view.state;
    if (isAsked) this.onChange("Saving…");
    try {
      const change = await this.file.save(doc.toString(), { anew });
      if (change) (await whenChanged()).offerResolution(this, change);
      else {
        this.saved = doc;
        this.isLoose = false;
        this.unsaved = "";
        this.settled();
        if (isAsked) this.view.dispatch({ effects: EditorView.announce.of("Saved") });
      }
    } catch (error) {
      if (isAsked) this.sayFailed(error);
      else this.sayUnsavedYet(error, when);
    } finally {
      this.onChange();
    }
  }

  /// An automatic save failed. If no server answered, show it in the status bar only, and try again
  /// later.
  private sayUnsavedYet(error: unknown, when: Occasion) {
    if (!(error instanceof ContentsError)) return this.sayFailed(error);
    const isGone = error.status === 0 || error.status >= 500;
    if (!isGone) return this.sayFailed(error);
    if (this.isDisposed) return;
    this.unsaved = this.drafts?.isKept ? "draft kept, no server" : "no server";
    this.autosave = setTimeout(() => this.saveByItself(when), RETRY_MS);
  }

  private sayFailed(error: unknown) {
    const isSignedOut = error instanceof ContentsError && [401, 403].includes(error.status);
    this.notices.banner({
      id: "file",
      kind: "error",
      text: `Could not save ${this.name}: ${reasonOf(error)} Your text is still here.`,
      actions: [
        ...(isSignedOut ? [signIn()] : []),
        { label: "Try again", run: () => void this.save(), isPrimary: !isSignedOut },
      ],
    });
  }
}

export const signIn = () => ({
  label: "Sign in again",
  href: loginUrl(),
  isPrimary: true,
  run: () => {},
});

function sameAs(a: DiskChange, b: DiskChange | null) {
  if (a.kind !== b?.kind) return false;
  return a.kind === "gone" || (b.kind === "changed" && a.file.content === b.file.content);
}
