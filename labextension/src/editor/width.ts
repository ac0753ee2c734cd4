// Stores the width of the results, in percent of the editor, in localStorage.

const key = "rdit:results-width";
/// In percent.
export const defaultWidth = 45;

// localStorage throws if it is disabled (private windows, sandboxed frames): the width is then not
// stored.
export function savedWidth(): number {
  try {
    return Number(localStorage.getItem(key)) || defaultWidth;
  } catch (error) {
    if (error instanceof DOMException) return defaultWidth;
    throw error;
  }
}

export function saveWidth(percent: number): void {
  try {
    localStorage.setItem(key, String(percent));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}
