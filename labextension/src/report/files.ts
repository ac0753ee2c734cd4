// The files that a report has with it, which its outputs name by a path: editor/export_media.ts.

import { missing, pathOf, withAddresses } from "../results/local_files";

// By their paths: a `data:` address, or why it is left out.
const files = JSON.parse(
  document.getElementById("rdit-report-files")?.textContent ?? "{}",
) as Record<string, string>;

const said = (source: string) => {
  const path = pathOf(source);
  return path === null ? null : (files[path] ?? "no such file was found beside the script.");
};

/// The HTML with these files in it, those that it may have.
export const withFiles = (html: string, may = (_path: string) => true): Promise<string> =>
  withAddresses(html, source => {
    const address = may(source) ? said(source) : null;
    return address?.startsWith("data:") ? address : null;
  });

/// Why an image, sound or video is not shown, in words.
export function whyMissing(media: HTMLImageElement | HTMLMediaElement): string {
  const source = media.getAttribute("src") ?? "";
  const why = said(source);
  return why === null ? missing(media.src) : `${source} is not in this report: ${why}`;
}
