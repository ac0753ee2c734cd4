// The script in the editor and its file: whether they differ, saving, and noticing what others do to the
// file. What is asked of a person then is in `elsewhere`.
import { EditorView } from "@codemirror/view";
import { setReadOnly } from "./code";
import { loginUrl } from "./config";
import { ContentsError, type TextFile } from "./contents";
import type { Elsewhere, ScriptFile } from "./file";
import type { Banner, Notices } from "./notices";
import { Drafts } from "./drafts";
import { reasonOf } from "./place";
import { saves } from "./storage";
import { highlighting } from "./theme";

// What no first paint needs.
const whenChanged = () => import("./elsewhere");

// After the last key: of a server, and of the browser itself.
const PAUSE_MS = 1_500;
const BROWSER_PAUSE_MS = 200;
// After a try that no server answered.
const RETRY_MS = 10_000;

export class Script {
  /// How code looks, for what shows some beside the editor.
  readonly colors = highlighting;
  /// The document as the file has it.
  saved: EditorView["state"]["doc"];
  /// The version on disk that the person was asked about, or kept theirs against.
  elsewhere: Elsewhere | null = null;
  private saving: Promise<void> | null = null;
  private readonly drafts: Drafts;
  private autosave: ReturnType<typeof setTimeout> | undefined;
  /// Why the text could not be kept in this browser; told once.
  private unkept: string | null = null;
  /// The person has yet to say that this is to be a file.
  private isLoose = false;
  /// Why it was not saved by itself.
  private unsaved = "";

  constructor(
    readonly name: string,
    readonly file: ScriptFile,
    readonly view: EditorView,
    readonly notices: Notices,
    /// Told when what is to be said of the file may be other than before; with a text, say that.
    readonly onChange: (text?: string) => void,
    baseUrl: string,
    /// Saving costs nothing and waits for nothing: the browser itself has the files.
    private readonly isInBrowser: boolean,
  ) {
    this.saved = view.state.doc;
    this.drafts = new Drafts(baseUrl, file.path, failure => this.onDraft(failure));
    if (file.format.isMixed)
      notices.toast(
        `${name} has several kinds of line ends. Saving makes them all the same.`,
        "warning",
      );
  }

  /// Something here is in no file.
  get isDirty() {
    return this.elsewhere?.kind === "gone" || this.isDirtyText;
  }

  private get isDirtyText() {
    return !this.view.state.doc.eq(this.saved);
  }

  /// What the status bar says of the file.
  get state(): string {
    if (!this.file.isWritable) return "Read-only";
    if (!this.isDirty) return "Saved";
    if (this.elsewhere) return "Unsaved · see above";
    if (this.unsaved) return `Unsaved · ${this.unsaved}`;
    return this.drafts.isKept ? "Unsaved · draft kept" : "Unsaved";
  }

  /// The text was edited here.
  typed() {
    if (!this.isDirty) return this.drafts.drop();
    this.keepDraft();
    this.unsaved = "";
    clearTimeout(this.autosave);
    const pause = this.isInBrowser ? BROWSER_PAUSE_MS : PAUSE_MS;
    this.autosave = setTimeout(() => this.saveByItself("autosave"), pause);
  }

  keepDraft() {
    this.drafts.keep(() => this.view.state.doc.toString());
  }

  /// Saves if the person wants that done by itself, and if it can be done without asking anything.
  saveByItself(when: "autosave" | "saveOnRun") {
    clearTimeout(this.autosave);
    if (!this.isInBrowser && !saves(when)) return;
    if (!this.isDirty || this.isLoose || this.elsewhere || !this.file.isWritable) return;
    void this.save({ isAsked: false });
  }

  /// Offers what an earlier page has left of this script.
  async offerDrafts() {
    try {
      await (await import("./left")).offerDrafts(this, this.drafts);
    } catch (error) {
      this.onDraft(String(error));
    }
  }

  private onDraft(failure: string | null) {
    this.onChange();
    if (failure === this.unkept) return;
    this.unkept = failure;
    if (failure)
      this.notices.toast(
        `This browser cannot keep what is not saved: ${failure}. Save the script yourself.`,
        "warning",
      );
  }

  /// No file has this script yet.
  sayUnsaved(notice: Banner) {
    this.isLoose = true;
    this.saved = this.saved.slice(0, 0);
    this.onChange();
    this.notices.banner(notice);
  }

  /// `isAsked`: by the person, who then is told of all that hinders it. `anew`: also where it was deleted.
  save({ isAsked = true, anew = false } = {}): Promise<void> {
    clearTimeout(this.autosave);
    // A second save waits for the first: both compare with what is on disk.
    const saving = (this.saving ?? Promise.resolve())
      .then(() => this.saveNow(isAsked, anew))
      .finally(() => {
        if (this.saving === saving) this.saving = null;
      });
    return (this.saving = saving);
  }

  async look(closely: boolean) {
    if (this.saving || document.visibilityState === "hidden") return;
    let elsewhere: Elsewhere | null;
    try {
      elsewhere = await this.file.look({ closely });
    } catch (error) {
      // The connection has its own sign; what the disk says is asked again soon.
      if (error instanceof ContentsError) return;
      throw error;
    }
    if (this.saving) return;
    if (!elsewhere) return void (this.elsewhere && this.settled());
    if (sameAs(elsewhere, this.elsewhere)) return;
    // Before the last look at whether anything is typed here: what takes it over must not wait.
    const { askAbout, takeOver } = await whenChanged();
    if (this.saving) return;
    if (elsewhere.kind === "changed" && !this.isDirty) takeOver(this, elsewhere.file);
    else askAbout(this, elsewhere);
  }

  /// Take this for what the file has.
  adopt(disk: TextFile) {
    this.file.adopt(disk);
    setReadOnly(this.view, !this.file.isWritable);
  }

  /// Editor and file are the same again, or the person has chosen between them.
  settled() {
    this.elsewhere = null;
    if (!this.isDirtyText) this.drafts.drop();
    this.notices.clear("file");
    this.onChange();
  }

  private async saveNow(isAsked: boolean, anew: boolean) {
    if (!this.file.isWritable) return this.notices.toast(`${this.name} is read-only.`, "warning");
    if (!isAsked && (this.elsewhere || !this.isDirty)) return;
    const { doc } = this.view.state;
    if (isAsked) this.onChange("Saving…");
    try {
      const elsewhere = await this.file.save(doc.toString(), { anew });
      if (elsewhere) (await whenChanged()).askAbout(this, elsewhere);
      else {
        this.saved = doc;
        this.isLoose = false;
        this.unsaved = "";
        this.settled();
        if (isAsked) this.view.dispatch({ effects: EditorView.announce.of("Saved") });
      }
    } catch (error) {
      if (isAsked) this.sayFailed(error);
      else this.sayUnsavedYet(error);
    } finally {
      this.onChange();
    }
  }

  /// Nobody asked for it: the status bar says it, and the next pause tries again.
  private sayUnsavedYet(error: unknown) {
    if (!(error instanceof ContentsError)) return this.sayFailed(error);
    const isGone = error.status === 0 || error.status >= 500;
    if (!isGone) return this.sayFailed(error);
    this.unsaved = this.drafts.isKept ? "draft kept, no server" : "no server";
    this.autosave = setTimeout(() => this.saveByItself("autosave"), RETRY_MS);
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

function sameAs(a: Elsewhere, b: Elsewhere | null) {
  if (a.kind !== b?.kind) return false;
  return a.kind === "gone" || (b.kind === "changed" && a.file.content === b.file.content);
}
