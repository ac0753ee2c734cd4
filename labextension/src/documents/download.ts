// A file that was made in the browser, for the user to keep.

/// Starts the download of a text, or of bytes.
export function download(name: string, content: string | Blob, type: string): void {
  const blob =
    typeof content === "string" ? new Blob([content], { type: `${type};charset=utf-8` }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Delayed, since the browser may not have started to read it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
