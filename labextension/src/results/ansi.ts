// Renders ANSI colours: text with SGR codes becomes text nodes and <span> elements. Cursor movement
// was already applied by terminal.ts.

/// The current SGR attributes, with which later text continues.
export interface Pen {
  foreground: string;
  background: string;
  marks: Set<string>;
}

/// A pen without attributes.
export function newPen(): Pen {
  return { foreground: "", background: "", marks: new Set() };
}

const sequence = /\x1b\[([0-9;]*)m/g;
const marks: Record<number, string> = {
  1: "bold",
  2: "dim",
  3: "italic",
  4: "underline",
  7: "inverse",
  9: "strike",
};
const unmarks: Record<number, string[]> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  29: ["strike"],
};

/// Appends `text` to `parent` with its colours, and updates `pen` to the attributes at its end.
export function appendAnsi(parent: Element, text: string, pen: Pen): void {
  let done = 0;
  for (const match of text.matchAll(sequence)) {
    appendPlain(parent, text.slice(done, match.index), pen);
    done = match.index + match[0].length;
    take(pen, match[1]);
  }
  appendPlain(parent, text.slice(done), pen);
}

/// The text without SGR codes.
export function withoutAnsi(text: string): string {
  return text.indexOf("\x1b") < 0 ? text : text.replace(/\x1b\[[0-9;?]*[@-~]/g, "");
}

function take(pen: Pen, parameters: string): void {
  const codes = parameters.split(";").map(Number);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code === 0) Object.assign(pen, newPen());
    else if (marks[code]) pen.marks.add(marks[code]);
    else if (unmarks[code]) unmarks[code].forEach(mark => pen.marks.delete(mark));
    else if (code >= 30 && code <= 37) pen.foreground = themed(code - 30);
    else if (code >= 90 && code <= 97) pen.foreground = themed(code - 82);
    else if (code >= 40 && code <= 47) pen.background = behind(code - 40);
    else if (code >= 100 && code <= 107) pen.background = behind(code - 92);
    else if (code === 39) pen.foreground = "";
    else if (code === 49) pen.background = "";
    else if (code === 38 || code === 48) {
      const isForeground = code === 38;
      const [value, used] = extended(codes.slice(i + 1), isForeground ? themed : behind);
      if (isForeground) pen.foreground = value;
      else pen.background = value;
      i += used;
    }
  }
}

function extended(codes: number[], named: typeof themed): [string, number] {
  if (codes[0] === 5) return [indexed(codes[1] ?? 0, named), 2];
  if (codes[0] === 2) return [`rgb(${codes.slice(1, 4).map(clamp).join(" ")})`, 4];
  return ["", codes.length];
}

function indexed(index: number, named: typeof themed): string {
  if (index < 16) return named(index);
  if (index > 231) return rgb(8 + (index - 232) * 10);
  const level = (n: number) => (n ? 55 + n * 40 : 0);
  const cube = index - 16;
  return rgb(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function rgb(red: number, green = red, blue = red): string {
  return `rgb(${red} ${green} ${blue})`;
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, value || 0));
}

/// CSS for one of the sixteen theme colours; results.css defines the values.
function themed(index: number): string {
  return `var(--rdit-ansi-${index})`;
}

/// CSS for one of the sixteen as a background: a variant with enough contrast to black and to white
/// text.
function behind(index: number): string {
  return `var(--rdit-ansi-behind-${index})`;
}

/// CSS for text on such a background, where the theme's own black or white may lack contrast.
function onColour(foreground: string, background: string): string {
  const index = /-behind-(\d+)/.exec(background)?.[1];
  if (!index) return foreground;
  if (!foreground) return /^(7|15)$/.test(index) ? "#000" : "#fff";
  return foreground.replace(/.*ansi-(7|15)\)/, "#fff").replace(/.*ansi-[08]\)/, "#000");
}

function appendPlain(parent: Element, text: string, pen: Pen): void {
  if (!text) return;
  if (!pen.foreground && !pen.background && !pen.marks.size) {
    const last = parent.lastChild;
    if (last?.nodeType === Node.TEXT_NODE && last.nodeValue!.length < 4096)
      (last as CharacterData).appendData(text);
    else parent.append(text);
    return;
  }
  const span = document.createElement("span");
  span.textContent = text;
  const inverse = pen.marks.has("inverse");
  const foreground = inverse
    ? pen.background || "var(--rdit-background)"
    : onColour(pen.foreground, pen.background);
  const background = inverse ? pen.foreground || "currentColor" : pen.background;
  if (foreground) span.style.color = foreground;
  if (background) span.style.backgroundColor = background;
  // currentColor would resolve to the already inverted colour.
  if (inverse && !pen.foreground) span.style.backgroundColor = "var(--rdit-foreground)";
  for (const mark of pen.marks) span.classList.add(`rdit-ansi-${mark}`);
  parent.append(span);
}
