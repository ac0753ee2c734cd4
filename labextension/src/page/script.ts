// The script in the editor and its file: whether they differ, saving, and noticing what others do to the
// file. What is asked of a person then is in `elsewhere`.
import { EditorView } from "@codemirror/view";
import { setReadOnly } from "./code";
import { loginUrl } from "./config";
import { ContentsError, type TextFile } from "./contents";
import type { Elsewhere, ScriptFile } from "./file";
import type { Banner, Notices } from "./notices";
import { reasonOf } from "./place";

// What no first paint needs.
const whenChanged = () => import("./elsewhere");

export class Script {
  /// The document as the file has it.
  saved: EditorView["state"]["doc"];
  /// The version on disk that the person was asked about, or kept theirs against.
  elsewhere: Elsewhere | null = null;
  private saving: Promise<void> | null = null;

  constructor(
    readonly name: string,
    readonly file: ScriptFile,
    readonly view: EditorView,
    readonly notices: Notices,
    /// Told when what is to be said of the file may be other than before; with a text, say that.
    readonly onChange: (text?: string) => void,
  ) {
    this.saved = view.state.doc;
    if (file.format.isMixed)
      notices.toast(
        `${name} has several kinds of line ends. Saving makes them all the same.`,
        "warning",
      );
  }

  /// Something here is in no file.
  get isDirty() {
    return this.elsewhere?.kind === "gone" || !this.view.state.doc.eq(this.saved);
  }

  /// No file has this script yet.
  sayUnsaved(notice: Banner) {
    this.saved = this.saved.slice(0, 0);
    this.onChange();
    this.notices.banner(notice);
  }

  save(): Promise<void> {
    // A second save waits for the first: both compare with what is on disk.
    const saving = (this.saving ?? Promise.resolve())
      .then(() => this.saveNow())
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
    this.notices.clear("file");
    this.onChange();
  }

  private async saveNow() {
    if (!this.file.isWritable) return this.notices.toast(`${this.name} is read-only.`, "warning");
    const { doc } = this.view.state;
    // The person has been told that it is gone, and saves all the same.
    const anew = this.elsewhere?.kind === "gone";
    this.onChange("Saving…");
    try {
      const elsewhere = await this.file.save(doc.toString(), { anew });
      if (elsewhere) (await whenChanged()).askAbout(this, elsewhere);
      else {
        this.saved = doc;
        this.settled();
        this.view.dispatch({ effects: EditorView.announce.of("Saved") });
      }
    } catch (error) {
      this.sayFailed(error);
    } finally {
      this.onChange();
    }
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
