// A result over the whole page, in a modal dialog. Its own elements are moved there and back, so that
// what the user has done in them stays; where the browser can move an iframe without loading it anew
// (`moveBefore`), it does.

type Moving = ParentNode & { moveBefore?(node: Node, child: Node | null): void };

/// Shows `body` large until the dialog is closed, then puts it back into `home`. `closed` is called
/// after that. Returns what closes it.
export function openLarge(
  body: HTMLElement,
  home: HTMLElement,
  label: string,
  closed: () => void,
): () => void {
  const dialog = document.createElement("dialog");
  dialog.className = "rdit-large rdit-results";
  dialog.setAttribute("aria-label", label);
  // Stops JupyterLab (Lumino) from handling keys typed here as shortcuts.
  dialog.dataset.lmSuppressShortcuts = "true";
  const title = document.createElement("span");
  title.className = "rdit-large-title";
  title.textContent = label;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "rdit-quiet-button";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  const head = document.createElement("div");
  head.className = "rdit-large-head";
  head.append(title, close);
  const room = document.createElement("div");
  room.className = "rdit-large-room";
  room.tabIndex = 0;
  room.setAttribute("role", "group");
  room.setAttribute("aria-label", label);
  dialog.append(head, room);

  const focused = document.activeElement;
  // Its place is kept, so that nothing behind the dialog moves.
  const place = document.createComment("");
  home.style.minHeight = `${home.offsetHeight}px`;
  body.before(place);
  document.body.append(dialog);
  dialog.showModal();
  move(body, room, null);
  for (const image of room.querySelectorAll("img")) measure(image);
  room.addEventListener("load", ({ target }) => measure(target), { capture: true });
  room.focus({ preventScroll: true });

  let isOpen = true;
  const restore = () => {
    if (!isOpen) return;
    isOpen = false;
    move(body, home, place);
    place.remove();
    home.style.minHeight = "";
    dialog.remove();
    closed();
    // Unless something else has taken it meanwhile, as a question.
    const { activeElement } = document;
    if (activeElement && activeElement !== document.body) return;
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  };
  dialog.addEventListener("close", restore);
  // A click beside the dialog closes it, but not a drag that began inside.
  dialog.addEventListener("mousedown", event => {
    if (event.target === dialog) dialog.close();
  });
  // The event of `close` comes later: what ends the result cannot wait for it.
  return () => {
    dialog.close();
    restore();
  };
}

/// A figure fills the room by its width or by its height: the style sheet has to know its form.
function measure(image: EventTarget | null): void {
  if (image instanceof HTMLImageElement && image.naturalHeight)
    image.style.setProperty("--rdit-ratio", `${image.naturalWidth / image.naturalHeight}`);
}

function move(node: Node, to: Moving, before: Node | null): void {
  if (to.moveBefore && node.isConnected && to.isConnected) to.moveBefore(node, before);
  else to.insertBefore(node, before);
}
