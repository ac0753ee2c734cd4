// The page's icons: 16 px, with a stroke of 1.5 px in `currentColor`.

const PATHS = {
  run: '<path d="M5 3.2v9.6l7.5-4.8z"/>',
  runAll: '<path d="M2.5 3.5v9L8.5 8z"/><path d="M8.5 3.5v9l6-4.5z"/>',
  stop: '<rect x="4" y="4" width="8" height="8" rx="1"/>',
  clear:
    '<path d="m9.3 2.8 3.9 3.9-6 6H4.3L2.2 10.6a1 1 0 0 1 0-1.4z"/><path d="m5.8 6.3 3.9 3.9M7 12.7h6.5"/>',
  restart: '<path d="M13 8a5 5 0 1 1-1.6-3.7"/><path d="M13.2 2.2v2.9h-2.9"/>',
  save: '<path d="M8 2.5v7.2M5 7l3 3 3-3"/><path d="M2.8 10.5v2.2c0 .4.4.8.8.8h8.8c.4 0 .8-.4.8-.8v-2.2"/>',
  beside: '<rect x="2" y="3" width="12" height="10" rx="1.5"/><path d="M8.5 3v10"/>',
  spaced: '<rect x="2" y="3" width="12" height="10" rx="1.5"/><path d="M8.5 3v10M2 8.5h6.5"/>',
  below: '<rect x="2" y="3" width="12" height="10" rx="1.5"/><path d="M2 8.5h12"/>',
  commands: '<path d="M2.5 4h11M2.5 8h7M2.5 12h4"/><path d="m11 10.5 2.5 2-2.5 2"/>',
  settings:
    '<path d="M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6"/><circle cx="10" cy="4.5" r="1.8"/><circle cx="6" cy="11.5" r="1.8"/>',
  help: '<circle cx="8" cy="8" r="6"/><path d="M6.2 6.2A1.9 1.9 0 0 1 8 4.9c1 0 1.9.7 1.9 1.7C9.9 7.9 8 7.9 8 9.3M8 11.2v.05"/>',
  check: '<path d="m3.2 8.4 3.2 3.2 6.4-7.2"/>',
  close: '<path d="m4 4 8 8M12 4l-8 8"/>',
  warning: '<path d="M8 2.3 14.2 13H1.8z"/><path d="M8 6.4v3.1M8 11.3v.05"/>',
  info: '<circle cx="8" cy="8" r="6"/><path d="M8 7.4v3.5M8 5.1v.05"/>',
  idle: '<circle cx="8" cy="8" r="4"/>',
  busy: '<path d="M8 2.5A5.5 5.5 0 1 1 2.5 8"/>',
  dead: '<circle cx="8" cy="8" r="5.5"/><path d="m6 6 4 4M10 6l-4 4"/>',
  online:
    '<path d="M2 6.6a8.7 8.7 0 0 1 12 0M4.2 9a5.5 5.5 0 0 1 7.6 0M6.4 11.3a2.3 2.3 0 0 1 3.2 0"/>',
  offline:
    '<path d="M4.2 9A5.5 5.5 0 0 1 8 7.5M2 6.6a8.7 8.7 0 0 1 3-1.9M11.8 9l-1-.8M14 6.6A8.7 8.7 0 0 0 8 4.3M6.4 11.3a2.3 2.3 0 0 1 3.2 0M2.5 2.5l11 11"/>',
  chevron: '<path d="m6 3.5 4.5 4.5L6 12.5"/>',
} as const;

export type IconName = keyof typeof PATHS;

/// An icon defined by the page that uses it.
export interface Drawing {
  name: string;
  path: string;
}

/// Creates an icon, hidden from assistive technology.
export function icon(which: IconName | Drawing): SVGSVGElement {
  const { name, path } = typeof which === "string" ? { name: which, path: PATHS[which] } : which;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `rdit-icon rdit-icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.innerHTML = path;
  return svg;
}

/// The rdit logo.
export function mark(): SVGSVGElement {
  const svg = icon("close");
  svg.setAttribute("class", "rdit-icon rdit-logo");
  svg.innerHTML =
    '<path d="M2 4.5h5.5M2 8h3.5M2 11.5h5.5"/><path class="rdit-logo-result" d="M11 2.5v11"/>';
  return svg;
}
