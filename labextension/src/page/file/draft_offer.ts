// Drafts of this script from pages that no longer exist: the question to the user, and what each
// choice does. Nothing is changed without an answer.
import { textChanges } from "../../editor/diff";
import type { Draft, Drafts } from "./drafts";
import type { SavedDocument } from "./document_file";

/// Shows a banner with the latest draft, if there is one. Rejects if IndexedDB is not available.
export async function offerDrafts(document: SavedDocument, drafts: Drafts) {
  const left = await drafts.left();
  const onDisk = document.saved.toString();
  const differing: Draft[] = [];
  for (const draft of left)
    if (draft.text === onDisk) await drafts.forget(draft.id);
    else differing.push(draft);
  const [draft] = differing;
  if (draft) offer(document, drafts, draft);
}

function offer(document: SavedDocument, drafts: Drafts, draft: Draft) {
  const { name, notices, view } = document;
  const when = new Date(draft.at).toLocaleString(undefined, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  // There may be another draft: offer that next.
  const done = async () => {
    notices.clear("draft");
    await drafts.forget(draft.id);
    await offerDrafts(document, drafts);
  };
  const take = async () => {
    const changes = textChanges(view.state.doc.toString(), draft.text);
    view.dispatch({ changes, userEvent: "input.draft" });
    // Store it as this page's draft before deleting the other one.
    document.keepDraft();
    drafts.flush();
    await done();
    view.focus();
  };
  const discard = async () => {
    await done();
    view.focus();
  };
  const compare = async () => {
    const { compare } = await import("./compare");
    const answer = await compare({
      title: `${name}: unsaved text of ${when}`,
      from: { label: "In the file", text: document.saved.toString() },
      to: { label: "Unsaved text", text: draft.text },
      actions: [
        { value: "discard", label: "Keep the file's" },
        { value: "take", label: "Take the unsaved text" },
      ],
    });
    if (answer === "take") await take();
    else if (answer === "discard") await discard();
  };
  notices.banner({
    id: "draft",
    kind: "warning",
    text: `Text of ${name} that was not saved is kept in this browser (${when}).`,
    actions: [
      { label: "Compare", run: () => void compare() },
      { label: "Discard it", run: () => void discard() },
      { label: "Take it", run: () => void take(), isPrimary: true },
    ],
  });
}
