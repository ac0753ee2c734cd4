// Shows HTML of very many elements in portions: with 200,000 table cells in the DOM each key press
// is slow. Shows the first rows, how many are left out, and a button for more.

import type { Rendered } from "./mime";
import { occurrences } from "./wrapping";

/// Number of elements shown at first, and added by each press of the button.
const portion = 4_000;
/// HTML of slightly more than one portion is shown whole.
const bearable = 6_000;

/// Renders HTML with `render`: whole if it is small enough, else the first rows of it.
export async function inPortions(
  html: string,
  render: (html: string) => Promise<Rendered>,
): Promise<Rendered> {
  if (occurrences(html, "<", 2 * bearable) < 2 * bearable) return render(html);
  const dom = document.createElement("div");
  let shown: Rendered | null = null;
  let isDisposed = false;

  const show = async (elements: number) => {
    const { head, rows, of } = headOf(html, elements);
    const next = await render(head);
    if (isDisposed) return next.dispose();
    const line = document.createElement("div");
    line.className = "rdit-line";
    line.append(of ? `${rows} of ${of} rows. ` : "The beginning of very many elements. ");
    if (rows < of || !of) line.append(more(() => show(elements + portion)));
    dom.replaceChildren(next.dom, ...(of && rows >= of ? [] : [line]));
    shown?.dispose();
    shown = next;
    next.placed?.();
  };
  await show(portion);
  return {
    dom,
    dispose() {
      isDisposed = true;
      shown?.dispose();
    },
  };
}

function more(show: () => Promise<void>): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "rdit-quiet-button";
  button.textContent = "Show more";
  button.addEventListener("click", () => {
    button.disabled = true;
    show().catch((error: unknown) => {
      button.disabled = false;
      console.error("rdit: more of this output could not be rendered.", error);
    });
  });
  return button;
}

/// The beginning of the HTML with about this many elements, cut after a row, and the number of its
/// rows. Elements that are open at the cut are closed by the HTML parser.
function headOf(html: string, elements: number): { head: string; rows: number; of: number } {
  let at = 0;
  for (let count = 0; count < 2 * elements && at >= 0; count++) at = html.indexOf("<", at + 1);
  if (at < 0) return { head: html, rows: 1, of: 1 };
  const row = html.lastIndexOf("<tr", at);
  // A single row that is too long is cut inside.
  const isWithin = html.slice(0, row).lastIndexOf("</tr") < 0;
  const cut = row < 0 || isWithin ? at : row;
  const end = html.lastIndexOf("</table>");
  const tail = end < 0 || row < 0 ? "" : html.slice(end);
  return {
    head: html.slice(0, cut) + (tail.length < 10_000 ? tail : ""),
    rows: row < 0 || isWithin ? 0 : occurrences(html.slice(0, cut), "</tr"),
    of: row < 0 || isWithin ? 0 : occurrences(html, "</tr"),
  };
}
