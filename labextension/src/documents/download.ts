// A file that was made in the browser, for the user to keep.

/// Starts the download of a text.
export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Delayed, since the browser may not have started to read it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
