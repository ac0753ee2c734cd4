// Notifications: a banner stays until it is dismissed or cleared, a toast disappears by itself.
// Icon and colour show the kind.
import { h } from "./dom";
import { icon, type IconName } from "./icons";

export type Kind = "info" | "success" | "warning" | "error";

export interface Action {
  label: string;
  run(): void;
  href?: string;
  isPrimary?: boolean;
}

export interface Banner {
  /// A banner replaces the one with the same id.
  id: string;
  kind: Kind;
  text: string;
  actions?: Action[];
  onDismiss?(): void;
}

const ICONS: Record<Kind, IconName> = {
  info: "info",
  success: "check",
  warning: "warning",
  error: "warning",
};
const TOAST_MS = 4_000;
const ERROR_TOAST_MS = 12_000;

/// Creates and removes the notifications; the page inserts `banners` and `toasts`.
export class Notices {
  readonly banners = h("div", { class: "rdit-banners", role: "region", "aria-label": "Notices" });
  readonly toasts = h("div", { class: "rdit-toasts", role: "status", "aria-live": "polite" });

  banner({ id, kind, text, actions = [], onDismiss }: Banner) {
    const close = () => {
      this.clear(id);
      onDismiss?.();
    };
    const element = h(
      "div",
      { class: `rdit-banner rdit-kind-${kind}`, "data-notice": id, role: "alert" },
      icon(ICONS[kind]),
      h("span", { class: "rdit-banner-text" }, text),
      ...actions.map(action => actionButton(action)),
      h(
        "button",
        { class: "rdit-button rdit-icon-only", "aria-label": "Dismiss", onclick: close },
        icon("close"),
      ),
    );
    const old = this.find(id);
    if (old) old.replaceWith(element);
    else this.banners.append(element);
  }

  has(id: string) {
    return !!this.find(id);
  }

  clear(id: string) {
    this.find(id)?.remove();
  }

  toast(text: string, kind: Kind = "info") {
    const same = [...this.toasts.children].find(toast => toast.textContent === text);
    same?.remove();
    const element = h(
      "div",
      { class: `rdit-toast rdit-kind-${kind}`, onclick: () => element.remove() },
      icon(ICONS[kind]),
      h("span", {}, text),
    );
    this.toasts.append(element);
    setTimeout(() => element.remove(), kind === "error" ? ERROR_TOAST_MS : TOAST_MS);
  }

  private find(id: string) {
    return [...this.banners.children].find(
      element => (element as HTMLElement).dataset.notice === id,
    );
  }
}

function actionButton({ label, run, href, isPrimary }: Action) {
  const attributes = { class: `rdit-button rdit-framed${isPrimary ? " rdit-primary" : ""}` };
  return href
    ? h("a", { ...attributes, href, target: "_blank", onclick: run }, label)
    : h("button", { ...attributes, type: "button", onclick: run }, label);
}
