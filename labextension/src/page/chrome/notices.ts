// Notifications: a banner stays until it is dismissed or cleared, a toast disappears by itself.
// Icon and colour show the kind.
import { h } from "../../panels/dom";
import type { Action, Banner, NoticeKind, Notifier } from "../../session/notifier";
import { icon, type IconName } from "./icons";

const ICONS: Record<NoticeKind, IconName> = {
  info: "info",
  success: "check",
  warning: "warning",
  error: "warning",
};
const TOAST_MS = 4_000;
const ERROR_TOAST_MS = 12_000;

/// Creates and removes the notifications; the page inserts `banners` and `toasts`.
export class Notices implements Notifier {
  readonly banners = h("div", { class: "rdit-banners", role: "region", "aria-label": "Notices" });
  readonly toasts = h("div", { class: "rdit-toasts", role: "status", "aria-live": "polite" });

  private isDisposed = false;
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();

  banner({ id, kind, text, actions = [], onDismiss }: Banner) {
    if (this.isDisposed) return;
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

  toast(text: string, kind: NoticeKind = "info") {
    if (this.isDisposed) return;
    const same = [...this.toasts.children].find(toast => toast.textContent === text);
    same?.remove();
    const element = h(
      "div",
      { class: `rdit-toast rdit-kind-${kind}`, onclick: () => element.remove() },
      icon(ICONS[kind]),
      h("span", {}, text),
    );
    this.toasts.append(element);
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        element.remove();
      },
      kind === "error" ? ERROR_TOAST_MS : TOAST_MS,
    );
    this.timers.add(timer);
  }

  dispose() {
    this.isDisposed = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.banners.replaceChildren();
    this.toasts.replaceChildren();
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
