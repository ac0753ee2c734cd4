/// Whether the keyboard has Command where others have Control.
export const isMac = /Mac|iP(hone|ad|od)/.test(globalThis.navigator?.platform ?? "");
