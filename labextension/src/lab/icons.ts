// The rdit icon, and icons that JupyterLab lacks. They use JupyterLab's CSS classes for colours.

import { LabIcon } from "@jupyterlab/ui-components";

const line = (path: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16"><g class="jp-icon3" fill="none"
   stroke="#616161" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round">${path}</g></svg>`.replace(
    'class="jp-icon3" fill="none"',
    'class="rdit-icon-lines" fill="none"',
  );

/// Two columns: code and results.
export const rditIcon = new LabIcon({
  name: "rdit:script",
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 22 22">
<path class="jp-icon-brand0 jp-icon-selectable" fill="#0D47A1" d="M3 4h8v2.2H3zM3 9.2h6v2.2H3zM3 14.4h8v2.2H3z"/>
<path class="jp-icon-warn0 jp-icon-selectable" fill="#F57C00" d="M13.2 3.4h5.8v5.4h-5.8zM13.2 14.4h5.8v2.2h-5.8z"/></svg>`,
});

/// A circle with an outline. JupyterLab's own icon uses an SVG mask by id: if the first element
/// with that id is in a hidden toolbar, the mask does not apply in the second one, and a filled
/// disc remains.
export const clearIcon = new LabIcon({
  name: "rdit:clear",
  svgstr: line('<circle cx="8" cy="8" r="5.6"/><path d="m4.1 4.1 7.8 7.8"/>'),
});

export const besideIcon = new LabIcon({
  name: "rdit:beside",
  svgstr: line(
    '<rect x="1.8" y="2.8" width="12.4" height="10.4" rx="1"/><path d="M8.6 2.8v10.4"/>',
  ),
});

export const spacedIcon = new LabIcon({
  name: "rdit:spaced",
  svgstr: line(
    '<rect x="1.8" y="2.8" width="12.4" height="10.4" rx="1"/><path d="M8.6 2.8v10.4M1.8 8.2h6.8"/>',
  ),
});

export const belowIcon = new LabIcon({
  name: "rdit:below",
  svgstr: line(
    '<rect x="1.8" y="2.8" width="12.4" height="10.4" rx="1"/><path d="M1.8 8.2h12.4"/>',
  ),
});
