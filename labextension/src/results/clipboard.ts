// The clipboard. Browsers give `navigator.clipboard` to pages with https and on localhost only; elsewhere
// text is copied by the event of a copy command.
// https://developer.mozilla.org/docs/Web/API/Clipboard_API#security_considerations

/// Copies a text, and where it is given HTML for those that take it. Rejects with an `Error` for the user.
export async function copyText(text: string | Promise<string>, html = ""): Promise<void> {
  if (navigator.clipboard && typeof ClipboardItem === "function") {
    // The promise is handed on: the browser wants to be called while the user's key still counts.
    const blob = (content: string | Promise<string>, type: string) =>
      Promise.resolve(content).then(content => new Blob([content], { type }));
    const item = new ClipboardItem({
      "text/plain": blob(text, "text/plain"),
      ...(html && { "text/html": blob(html, "text/html") }),
    });
    return said(navigator.clipboard.write([item]));
  }
  const plain = await text;
  let isCopied = false;
  const fill = (event: ClipboardEvent) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData!.setData("text/plain", plain);
    if (html) event.clipboardData!.setData("text/html", html);
    isCopied = true;
  };
  document.addEventListener("copy", fill, { capture: true });
  try {
    document.execCommand("copy");
  } finally {
    document.removeEventListener("copy", fill, { capture: true });
  }
  if (!isCopied) throw new Error("The browser refused to copy: select the text, and copy it.");
}

/// Copies an image: a PNG, which is what clipboards take. Rejects with an `Error` for the user.
export async function copyImage(png: () => Promise<Blob>): Promise<void> {
  if (!navigator.clipboard || typeof ClipboardItem !== "function")
    throw new Error("Images can be copied only from a page with https: save it instead.");
  await said(navigator.clipboard.write([new ClipboardItem({ "image/png": png() })]));
}

// The error of a promise that was handed on is the user's; the browser's own says "NotAllowedError".
async function said(written: Promise<void>): Promise<void> {
  try {
    await written;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new Error(`The browser refused to copy: ${error.message}`);
  }
}

/// An image of any type as a PNG, in its own size. Rejects if the browser cannot draw it.
export async function pngOf(image: Blob): Promise<Blob> {
  if (image.type === "image/png") return image;
  const url = URL.createObjectURL(image);
  try {
    const element = new Image();
    element.src = url;
    await element.decode();
    // Those without a size of their own get one that can be read.
    const width = element.naturalWidth || 800;
    const height = element.naturalHeight || 600;
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d")!.drawImage(element, 0, 0, width, height);
    return await canvas.convertToBlob({ type: "image/png" });
  } catch (error) {
    throw new Error("The browser cannot draw this image: save it instead.", { cause: error });
  } finally {
    URL.revokeObjectURL(url);
  }
}
