// Sanitizes a style sheet of an output: nothing is loaded, and only its own elements are styled. It
// is parsed by the browser (CSSOM), so that escapes and comments can hide nothing, and filtered by
// an allowlist.

// Allowlist of CSS functions that load nothing.
const harmless =
  /^(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark|calc|min|max|clamp|round|mod|rem|abs|sign|sin|cos|tan|asin|acos|atan2?|pow|sqrt|hypot|log|exp|var|attr|counters?|(-webkit-)?(repeating-)?(linear|radial|conic)-gradient|translate([XYZ]|3d)?|scale([XYZ]|3d)?|rotate([XYZ]|3d)?|skew[XY]?|matrix(3d)?|perspective|blur|brightness|contrast|drop-shadow|grayscale|hue-rotate|invert|opacity|saturate|sepia|minmax|repeat|fit-content|cubic-bezier|linear|steps|inset|circle|ellipse|polygon|rect|xywh)$/i;

const token =
  /\/\*[^]*?(?:\*\/|$)|"((?:[^"\\]|\\[^])*)(?:"|$)|'((?:[^'\\]|\\[^])*)(?:'|$)|\\([0-9a-f]{1,6})\s?|\\([^])/gi;

/// Whether a value loads nothing. Strings and comments are removed and escapes resolved first, as
/// CSS tokenizes.
export function isHarmless(value: string): boolean {
  const read = value.replace(
    token,
    (_, double?: string, single?: string, code?: string, char?: string) => {
      const string = double ?? single;
      if (string !== undefined) return /^data:image\//i.test(string) ? '"data"' : '""';
      if (code === undefined && char === undefined) return " ";
      const number = code ? parseInt(code, 16) : 0;
      const read = char ?? (number && number <= 0x10ffff ? String.fromCodePoint(number) : "_");
      return /[-\w]/.test(read) ? read : "_";
    },
  );
  const rest = read.replace(/\burl\(\s*"data"\s*\)/gi, "");
  return [...rest.matchAll(/([-\w\u0080-\uffff]*)\(/g)].every(
    ([, name]) => !name || harmless.test(name),
  );
}

/// Removes the declarations that load something from a rule or a style attribute.
export function tameStyle(style: CSSStyleDeclaration): void {
  for (const name of [...style])
    if (!isHarmless(style.getPropertyValue(name))) style.removeProperty(name);
  // A shorthand with var() has no longhands to inspect: check the whole text.
  if (!isHarmless(style.cssText)) style.cssText = "";
}

/// The sanitized sheet, for a shadow root. Dropped are rules for `:host` (an element of rdit's) and
/// rules that load something.
export function tamedSheet(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  // A constructed style sheet ignores @import by specification.
  sheet.replaceSync(css);
  tameRules(sheet);
  return sheet;
}

type Rules = CSSStyleSheet | CSSGroupingRule | CSSKeyframesRule | CSSStyleRule;

function tameRules(within: Rules): void {
  for (let index = within.cssRules.length - 1; index >= 0; index--) {
    const rule = within.cssRules[index];
    if (isKept(rule)) {
      if ("style" in rule) tameStyle(rule.style as CSSStyleDeclaration);
      if ("cssRules" in rule) tameRules(rule as Rules);
    } else if (within instanceof CSSKeyframesRule)
      within.deleteRule((rule as CSSKeyframeRule).keyText);
    else within.deleteRule(index);
  }
}

function isKept(rule: CSSRule): boolean {
  if (rule instanceof CSSStyleRule) return !/:host/i.test(rule.selectorText);
  if (rule instanceof CSSKeyframesRule || rule instanceof CSSKeyframeRule) return true;
  if (rule instanceof CSSMediaRule || rule instanceof CSSSupportsRule) return true;
  // Rule types that some browsers lack: @layer, @container, nested declarations.
  const name = rule.constructor.name;
  return /^CSS(LayerBlock|LayerStatement|Container|NestedDeclarations|StartingStyle)(Rule)?$/.test(
    name,
  );
}
