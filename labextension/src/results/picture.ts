// Lazy chunk: an element of the page as an image.

import { domToBlob } from "modern-screenshot";

/// The element as it stands there, as a PNG of twice its size. What runs in a frame is left out.
export function pictureOf(element: HTMLElement, backgroundColor: string): Promise<Blob> {
  return domToBlob(element, { scale: 2, backgroundColor });
}
