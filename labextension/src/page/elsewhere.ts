// Conflicts with a file that another program changed, moved or deleted: the questions to the user,
// and what each choice does.
import type { TextFile } from "./contents";
import { textChanges } from "../editor/diff";
import type { Elsewhere } from "./file";
import type { Script } from "./script";

/// Marks the script as in conflict and shows the banner with the choices.
export function askAbout(script: Script, elsewhere: Elsewhere) {
  const { name, notices } = script;
  script.elsewhere = elsewhere;
  script.onChange();
  if (elsewhere.kind === "gone")
    return notices.banner({
      id: "file",
      kind: "warning",
      text: `${name} was moved or deleted. Your text is still here.`,
      actions: [
        { label: "Save it again", run: () => void script.save({ anew: true }), isPrimary: true },
      ],
    });
  const { file } = elsewhere;
  notices.banner({
    id: "file",
    kind: "warning",
    text: `${name} was changed elsewhere, and you have changes that are not saved.`,
    actions: [
      {
        label: "Compare",
        run: () => void compareWith(script, file),
      },
      { label: "Reload", run: () => takeOver(script, file) },
      { label: "Keep mine", run: () => keepMine(script, file), isPrimary: true },
    ],
  });
}

async function compareWith(script: Script, file: TextFile) {
  const { compare } = await import("./compare");
  const answer = await compare({
    title: `${script.name}: on disk and here`,
    from: { label: "On disk", text: textOf(file) },
    to: { label: "Here", text: script.view.state.doc.toString() },
    look: script.colors,
    actions: [
      { value: "theirs", label: "Reload" },
      { value: "mine", label: "Keep mine" },
    ],
  });
  if (answer === "theirs") takeOver(script, file);
  else if (answer === "mine") keepMine(script, file);
}

/// Loads the version on disk into the editor as a minimal edit, so that results of unchanged
/// statements stay.
export function takeOver(script: Script, disk: TextFile) {
  const { file, view, name } = script;
  script.adopt(disk);
  const changes = textChanges(view.state.doc.toString(), file.text);
  view.dispatch({ changes, userEvent: "reload" });
  script.saved = view.state.doc;
  script.settled();
  script.notices.toast(`${name} was changed elsewhere, and is loaded again.`);
}

function keepMine(script: Script, disk: TextFile) {
  const { file, view } = script;
  const { format } = file;
  script.adopt(disk);
  file.format = format;
  script.saved = view.state.toText(file.text);
  script.settled();
  void script.save();
}

const textOf = (file: TextFile) => file.content.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
