// Conflicts with a file that another program changed, moved or deleted: the questions to the user,
// and what each choice does.
import type { TextFile } from "./contents";
import { textChanges } from "../../editor/diff";
import type { DiskChange } from "./script_file";
import type { SavedDocument } from "./document_file";

/// Marks the document as in conflict and shows the banner with the choices.
export function offerResolution(document: SavedDocument, change: DiskChange) {
  const { name, notices } = document;
  document.conflict = change;
  document.onChange();
  if (change.kind === "gone")
    return notices.banner({
      id: "file",
      kind: "warning",
      text: `${name} was moved or deleted. Your text is still here.`,
      actions: [
        { label: "Save it again", run: () => void document.save({ anew: true }), isPrimary: true },
      ],
    });
  const { file } = change;
  notices.banner({
    id: "file",
    kind: "warning",
    text: `${name} was changed elsewhere, and you have changes that are not saved.`,
    actions: [
      {
        label: "Compare",
        run: () => void compareWith(document, file),
      },
      { label: "Reload", run: () => reloadFromDisk(document, file) },
      { label: "Keep mine", run: () => keepMine(document, file), isPrimary: true },
    ],
  });
}

async function compareWith(document: SavedDocument, file: TextFile) {
  const { compare } = await import("./compare");
  const answer = await compare({
    title: `${document.name}: on disk and here`,
    from: { label: "On disk", text: textOf(file) },
    to: { label: "Here", text: document.view.state.doc.toString() },
    actions: [
      { value: "theirs", label: "Reload" },
      { value: "mine", label: "Keep mine" },
    ],
  });
  if (answer === "theirs") reloadFromDisk(document, file);
  else if (answer === "mine") keepMine(document, file);
}

/// Loads the version on disk into the editor as a minimal edit, so that results of unchanged
/// statements stay.
export function reloadFromDisk(document: SavedDocument, disk: TextFile) {
  const { file, view, name } = document;
  document.adopt(disk);
  const changes = textChanges(view.state.doc.toString(), file.text);
  view.dispatch({ changes, userEvent: "reload" });
  document.saved = view.state.doc;
  document.settled();
  document.notices.toast(`${name} was changed elsewhere, and is loaded again.`);
}

function keepMine(document: SavedDocument, disk: TextFile) {
  const { file, view } = document;
  const { format } = file;
  document.adopt(disk);
  file.format = format;
  document.saved = view.state.toText(file.text);
  document.settled();
  void document.save();
}

const textOf = (file: TextFile) => file.content.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
