// How a controller tells the user something: the page and JupyterLab show it each in its own way.

export type NoticeKind = "info" | "success" | "warning" | "error";

export interface Action {
  label: string;
  run(): void;
  href?: string;
  isPrimary?: boolean;
}

/// A notice that stays until it is dismissed or cleared.
export interface Banner {
  /// A banner replaces the one with the same id.
  id: string;
  kind: NoticeKind;
  text: string;
  actions?: Action[];
  onDismiss?(): void;
}

export interface Notifier {
  banner(banner: Banner): void;
  has(id: string): boolean;
  clear(id: string): void;
  /// A notice that disappears by itself.
  toast(text: string, kind?: NoticeKind): void;
}
