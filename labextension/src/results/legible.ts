// Colors of text that HTML of an output brings along: libraries choose them for white paper, as rich its navy and maroon.

type Channels = [number, number, number];

let context: CanvasRenderingContext2D | null = null;

/// Red, green and blue of a color that is opaque; null if it is not, or none.
function channelsOf(color: string): Channels | null {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return null;
  // It writes any color that is opaque so, and keeps its own at what is none.
  context.fillStyle = "#0000";
  context.fillStyle = color;
  const [, ...channels] = /^#(..)(..)(..)$/.exec(context.fillStyle) ?? [];
  return channels.length ? (channels.map(hex => parseInt(hex, 16)) as Channels) : null;
}

/// https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
function luminance(channels: Channels): number {
  const [red, green, blue] = channels.map(channel => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Channels;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/// Where there is a background and no color, text would have the theme's, which need not be seen on it: as light text
/// in the dark on yellow.
export function colorText(style: CSSStyleDeclaration): void {
  const background = style.backgroundColor;
  if (!background || style.color) return;
  const channels = channelsOf(background);
  // Whether black has more contrast to it than white.
  if (channels) style.color = luminance(channels) > 0.179 ? "#171614" : "#fdfcfa";
}

/// Of the page in the dark, where red is still red.
const ground = 0.0104;
const leastContrast = 4;

/// Text of this color is made lighter in the dark, as far as it could hardly be read there.
export function lightenText(style: CSSStyleDeclaration): void {
  const { color } = style;
  const light = color && lightened(color);
  if (light)
    style.setProperty(
      "color",
      `light-dark(${color}, ${light})`,
      style.getPropertyPriority("color"),
    );
}

function lightened(color: string): string | null {
  const channels = channelsOf(color);
  if (!channels) return null;
  const isSeen = (mixed: Channels) => (luminance(mixed) + 0.05) / (ground + 0.05) >= leastContrast;
  if (isSeen(channels)) return null;
  for (let part = 0.05; ; part += 0.05) {
    const mixed = channels.map(channel => Math.round(channel + (255 - channel) * part)) as Channels;
    if (isSeen(mixed)) return `rgb(${mixed.join(" ")})`;
  }
}

const grounds = '[style*="background"], [bgcolor]';

/// As `lightenText`, for all elements that stand on the page's own ground.
export function lightenTexts(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>('[style*="color"], font[color]')) {
    if (element.closest(grounds)) continue;
    if (element.localName === "font") element.style.color ||= element.getAttribute("color")!;
    lightenText(element.style);
  }
}
