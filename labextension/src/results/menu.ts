// A small menu at a button: arrow keys, Escape, a click elsewhere.

export interface MenuItem {
  readonly label: string;
  act(): void;
  /// The id of the command that does the same.
  readonly command?: string;
}

/// Opens the menu below an element, and takes the focus; when it closes the focus returns. The element gets
/// `aria-expanded`. Opened again, it closes.
export function openMenu(at: HTMLElement, label: string, items: readonly MenuItem[]): void {
  const open = document.querySelector<HTMLElement>(".rdit-menu");
  if (open) {
    open.hidePopover();
    if (at.getAttribute("aria-expanded") === "true") return;
  }
  const focused = document.activeElement;
  const menu = document.createElement("div");
  menu.className = "rdit-menu";
  menu.popover = "auto";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", label);
  // Stops JupyterLab (Lumino) from handling keys typed here as shortcuts.
  menu.dataset.lmSuppressShortcuts = "true";
  for (const { label, act, command } of items) {
    const item = document.createElement("button");
    item.type = "button";
    item.tabIndex = -1;
    item.setAttribute("role", "menuitem");
    if (command) item.dataset.command = command;
    item.textContent = label;
    item.addEventListener("click", () => {
      close();
      act();
    });
    menu.append(item);
  }
  const close = () => {
    if (!menu.isConnected) return;
    const hadFocus = menu.contains(document.activeElement);
    menu.remove();
    at.setAttribute("aria-expanded", "false");
    if (hadFocus && focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  };
  menu.addEventListener("toggle", event => {
    if (event.newState === "closed") close();
  });
  menu.addEventListener("keydown", event => {
    const buttons = [...menu.querySelectorAll("button")];
    const index = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = {
      ArrowDown: (index + 1) % buttons.length,
      ArrowUp: (index + buttons.length - 1) % buttons.length,
      Home: 0,
      End: buttons.length - 1,
    }[event.key];
    if (next !== undefined) buttons[next]!.focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const named = (button: HTMLElement) =>
        button.textContent.toLowerCase().startsWith(event.key.toLowerCase());
      if (event.key === " ") return;
      [...buttons.slice(index + 1), ...buttons].find(named)?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // A result's own colours and fonts.
  (at.closest(".rdit-results") ?? document.body).append(menu);
  menu.showPopover();
  at.setAttribute("aria-expanded", "true");
  const button = at.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = button.bottom + 2;
  menu.style.left = `${Math.max(4, Math.min(button.right - width, innerWidth - width - 4))}px`;
  menu.style.top = `${below + height > innerHeight - 4 ? Math.max(4, button.top - height - 2) : below}px`;
  menu.querySelector("button")?.focus({ preventScroll: true });
}
