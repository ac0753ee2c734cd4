// What opens at the head of a column: a profile of its values, and a filter.

import type { TableFilter, TableProfileResult } from "../../protocol";
import { button, element } from "./dom";
import { grouped } from "./sizes";

type Operator = TableFilter["operator"];

const operators: readonly [Operator, string][] = [
  ["contains", "contains"],
  ["=", "="],
  ["!=", "≠"],
  ["<", "<"],
  ["<=", "≤"],
  [">", ">"],
  [">=", "≥"],
  ["missing", "is missing"],
  ["present", "is not missing"],
];

export interface ColumnMenu {
  readonly dom: HTMLElement;
  /// Shows the profile when it has come; null if it did not.
  tell(profile: TableProfileResult | null): void;
}

/// `filter`: of the column now. `apply` is called with the new one, or null for none.
export function columnMenu(
  name: string,
  type: string,
  isNumber: boolean,
  filter: TableFilter | null,
  apply: (filter: Omit<TableFilter, "column"> | null) => void,
): ColumnMenu {
  const profile = element("div", "rdit-grid-profile", { "aria-live": "polite" }, "…");
  const select = element("select", "", { "aria-label": "Condition" });
  for (const [operator, label] of operators)
    select.append(element("option", "", { value: operator }, label));
  select.value = filter?.operator ?? (isNumber ? "=" : "contains");
  const input = element("input", "", {
    type: "text",
    "aria-label": "Value",
    spellcheck: "false",
    autocomplete: "off",
  });
  input.value = filter?.value ?? "";
  const needsValue = () => select.value !== "missing" && select.value !== "present";
  const adapt = () => (input.hidden = !needsValue());
  select.addEventListener("change", adapt);
  adapt();
  const form = element("form", "rdit-grid-filter", {}, select, input);
  const set = element("button", "rdit-quiet-button", { type: "submit" }, "Filter");
  form.append(set);
  if (filter) form.append(button("Remove", () => apply(null)));
  form.addEventListener("submit", event => {
    event.preventDefault();
    const operator = select.value as Operator;
    if (!needsValue()) apply({ operator });
    else if (input.value || operator !== "contains") apply({ operator, value: input.value });
    else apply(null);
  });
  const title = element("div", "rdit-grid-menu-title", {}, name, element("small", "", {}, type));
  const dom = element(
    "div",
    "rdit-grid-menu",
    { popover: "auto", role: "dialog", "aria-label": `Column ${name}` },
    title,
    profile,
    form,
  );
  return {
    dom,
    tell(found) {
      profile.replaceChildren(
        ...(found && found.found && !found.error
          ? described(found, value => apply({ operator: "=", value }))
          : [found?.error || "The kernel does not answer."]),
      );
    },
  };
}

/// Opens a menu in `parent`, and keeps it below the head of its column. `leave`: gives the focus back to the grid.
export function openBelow(
  menu: HTMLElement,
  parent: HTMLElement,
  head: () => Element | null,
  leave: () => void,
): void {
  parent.append(menu);
  // Keys in it are its own; Escape closes it, and not the way to the editor.
  menu.addEventListener("keydown", event => {
    event.stopPropagation();
    if (event.key !== "Escape") return;
    event.preventDefault();
    menu.hidePopover();
  });
  menu.addEventListener("toggle", event => {
    if ((event as ToggleEvent).newState !== "closed") return;
    if (menu.contains(document.activeElement) || document.activeElement === document.body) leave();
    menu.remove();
  });
  menu.showPopover();
  // The result may move, as it does in the margin when it gets the focus, and the menu grows with the profile.
  const hold = () => {
    if (!menu.isConnected) return;
    const place = head()?.getBoundingClientRect();
    if (place) {
      menu.style.left = `${Math.max(8, Math.min(place.left, innerWidth - menu.offsetWidth - 8))}px`;
      menu.style.top = `${Math.max(8, Math.min(place.bottom, innerHeight - menu.offsetHeight - 8))}px`;
    }
    requestAnimationFrame(hold);
  };
  hold();
  menu.querySelector("select")?.focus({ preventScroll: true });
}

function described(found: TableProfileResult, choose: (value: string) => void): Node[] {
  const { count = 0, missing = 0, distinct, facts = [], low, high, bins = [], values = [] } = found;
  const share = count ? ` (${percent(missing / count)})` : "";
  const lines: (readonly [string, string])[] = [
    ["missing", `${grouped(missing)}${missing ? share : ""}`],
    ...(distinct == null ? [] : [["distinct", grouped(distinct)] as const]),
    ...(facts as unknown as [string, string][]),
  ];
  const list = element("dl", "rdit-grid-facts");
  for (const [term, text] of lines)
    list.append(element("dt", "", {}, term), element("dd", "", {}, text));
  const made: Node[] = [list];
  if (bins.length) made.push(histogram(bins, low ?? "", high ?? ""));
  if (values.length) {
    const most = Math.max(...(values as unknown as [string, number][]).map(([, count]) => count));
    const frequent = element("ul", "rdit-grid-values", { "aria-label": "Most frequent" });
    for (const [text, count] of values as unknown as [string, number][]) {
      const item = button("", () => choose(text), "rdit-grid-value");
      item.style.setProperty("--rdit-share", `${(100 * count) / most}%`);
      item.append(element("span", "", {}, text || '""'), element("span", "", {}, grouped(count)));
      item.title = `Only rows with ${text || '""'}`;
      frequent.append(element("li", "", {}, item));
    }
    made.push(frequent);
  }
  return made;
}

function histogram(bins: readonly number[], low: string, high: string): HTMLElement {
  const most = Math.max(1, ...bins);
  const bars = element("div", "rdit-grid-bars", {
    role: "img",
    "aria-label": `Histogram from ${low} to ${high}`,
  });
  for (const count of bins) {
    const bar = element("i", "");
    // Few are seen, too.
    bar.style.height = `${count ? Math.max(4, (100 * count) / most) : 0}%`;
    bar.title = grouped(count);
    bars.append(bar);
  }
  const ends = element(
    "div",
    "rdit-grid-ends",
    {},
    element("span", "", {}, low),
    element("span", "", {}, high),
  );
  return element("div", "", {}, bars, ends);
}

const percent = (share: number) =>
  share > 0 && share < 0.001 ? "<0.1%" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
