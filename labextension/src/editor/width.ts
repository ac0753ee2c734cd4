// The width of the results beside the code, in percent of the editor, as it was left.

const key = "rdit:results-width";
export const defaultWidth = 45;

// Storage may be forbidden (private windows, sandboxes): then the width is not kept.
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
