// The script was changed, moved or deleted by someone else: what a person is asked then.
import type { TextFile } from "./contents";
import { compare } from "./dialogs";
import type { Elsewhere } from "./file";
import type { Notices } from "./notices";

export { textChanges } from "./diff";

export interface Answers {
  /// The text of this page.
  text(): string;
  save(): void;
  takeOver(file: TextFile): void;
  keepMine(file: TextFile): void;
}

export function askAbout(elsewhere: Elsewhere, name: string, notices: Notices, answers: Answers) {
  if (elsewhere.kind === "gone")
    return notices.banner({
      id: "file",
      kind: "warning",
      text: `${name} was moved or deleted. Your text is still here.`,
      actions: [{ label: "Save it again", run: () => answers.save(), isPrimary: true }],
    });
  const { file } = elsewhere;
  notices.banner({
    id: "file",
    kind: "warning",
    text: `${name} was changed elsewhere, and you have changes that are not saved.`,
    actions: [
      { label: "Compare", run: () => compare(answers.text(), textOf(file), name) },
      { label: "Reload", run: () => answers.takeOver(file) },
      { label: "Keep mine", run: () => answers.keepMine(file), isPrimary: true },
    ],
  });
}

const textOf = (file: TextFile) => file.content.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
