// The defaults of `pageSettings` (session/settings.ts), without their texts. Written by `make tables`.
import type { pageSettings, ValuesOf } from "../session/settings";

export const pageDefaults: ValuesOf<typeof pageSettings> = {
  theme: "system",
  fontFamily: "",
  fontSize: 13,
  keys: "jupyter",
  vim: false,
  wrap: false,
  stickyScope: false,
  layout: "beside",
  foldResults: false,
  resultLines: 0,
  markStale: true,
  heat: true,
  maxText: 524288,
  maxDisplays: 1000,
  whenGone: "ask",
  autosave: true,
  saveOnRun: true,
  completeWhileTyping: true,
  diagnostics: true,
  languageServer: "auto",
  formatOnSave: false,
  runStaleOnSave: false,
};
