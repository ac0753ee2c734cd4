// A style sheet that came with an output, made harmless: nothing is loaded for its sake, and nothing
// outside its own elements is touched. The browser's own parser reads it, so escapes and comments hide
// nothing; what stays is what is known to be harmless, not what is not known to be harmful.

// Functions of values that load nothing.
const harmless =
  /^(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark|calc|min|max|clamp|round|mod|rem|abs|sign|sin|cos|tan|asin|acos|atan2?|pow|sqrt|hypot|log|exp|var|attr|counters?|(-webkit-)?(repeating-)?(linear|radial|conic)-gradient|translate([XYZ]|3d)?|scale([XYZ]|3d)?|rotate([XYZ]|3d)?|skew[XY]?|matrix(3d)?|perspective|blur|brightness|contrast|drop-shadow|grayscale|hue-rotate|invert|opacity|saturate|sepia|minmax|repeat|fit-content|cubic-bezier|linear|steps|inset|circle|ellipse|polygon|rect|xywh)$/i;

const token =
  /\/\*[^]*?(?:\*\/|$)|"((?:[^"\\]|\\[^])*)(?:"|$)|'((?:[^'\\]|\\[^])*)(?:'|$)|\\([0-9a-f]{1,6})\s?|\\([^])/gi;

/// Whether a value loads nothing, as CSS reads it: strings and comments set aside, escapes resolved.
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

/// Takes out of a rule's or an element's declarations those that load something.
export function tameStyle(style: CSSStyleDeclaration): void {
  for (const name of [...style])
    if (!isHarmless(style.getPropertyValue(name))) style.removeProperty(name);
  // A shorthand that waits for a variable has no longhands to look at.
  if (!isHarmless(style.cssText)) style.cssText = "";
}

/// The sheet for a shadow root. Rules for the host, which stands among ours, and every rule that loads
/// are left out.
export function tamedSheet(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  // Imports are ignored here, by its definition.
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
  // Rules of newer kinds than some browsers know: @layer, @container, declarations after nested rules.
  const name = rule.constructor.name;
  return /^CSS(LayerBlock|LayerStatement|Container|NestedDeclarations|StartingStyle)(Rule)?$/.test(
    name,
  );
}
