// A controller's notices as JupyterLab's notifications.

import { Notification } from "@jupyterlab/apputils";
import type { Banner, NoticeKind, Notifier } from "../session/notifier";

// Of states that end by themselves: shown until then.
const LASTING = new Set(["connection", "stop"]);
const BANNER_MS = 8000;
const TOAST_MS = 3000;

/// The notices of one script, each with its name.
export class LabNotifier implements Notifier {
  private readonly shown = new Map<string, string>();

  constructor(private readonly name: () => string) {}

  banner({ id, kind, text, actions = [] }: Banner): void {
    this.clear(id);
    const notification = Notification.emit(this.named(text), kind, {
      autoClose: LASTING.has(id) ? false : BANNER_MS,
      actions: actions.map(({ label, run, isPrimary }) => ({
        label,
        callback: run,
        displayType: isPrimary ? ("accent" as const) : ("default" as const),
      })),
    });
    this.shown.set(id, notification);
  }

  has(id: string): boolean {
    const notification = this.shown.get(id);
    return notification !== undefined && Notification.manager.has(notification);
  }

  clear(id: string): void {
    if (this.has(id)) Notification.dismiss(this.shown.get(id));
    this.shown.delete(id);
  }

  toast(text: string, kind: NoticeKind = "info"): void {
    const isBrief = kind === "info" || kind === "success";
    Notification.emit(this.named(text), kind, { autoClose: isBrief ? TOAST_MS : BANNER_MS });
  }

  private named(text: string): string {
    return `${this.name()}: ${text}`;
  }
}
