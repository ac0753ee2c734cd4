// What outputs set up for the scripts of others, as `output_notebook()` and `init_notebook_mode()` do: it is run
// again in each frame whose scripts use it, before its own, and is not seen there.

import { textOf, type MimeBundle } from "./mime";
import { isSetup, scriptHtml, scriptOf, type Scripted } from "./scripts";

interface Setup {
  readonly html: string;
  /// The globals that it defines, as far as can be told; null if it may define any. If it defines none, it may act on
  /// what others have defined.
  readonly names: ReadonlySet<string> | RegExp | null;
}

// Draws into an element that stands there already. Run again, it would draw again.
const draws = /^application\/vnd\.(bokehjs|holoviews)_exec\./;
const loads = /^application\/vnd\.(bokehjs|holoviews)_load\./;
const loadsFile = /<script[^>]*\ssrc\s*=|createElement\(["']script|\b(require|import)\s*\(/i;
// Where it assigns to a global, or declares one: in code as it is written, and as it is packed.
const assigned =
  /\b(?:window|self|globalThis|root|global)\s*(?:\.\s*|\[\s*["'])([\w$]+)["'\]\s]*=(?!=)/g;
const packed =
  /\([^()]*\b(?:window|self|globalThis|global|this)\b[^()]*\)\s*\.\s*([\w$]{3,})\s*=\s*(?:\{\s*\}|[\w$.]+\s*\()/g;
const declared =
  /^\s*(?:<script[^>]*>\s*)?(?:var|let|const|class|(?:async\s+)?function)\s+([\w$]+)/gm;

const known = new WeakMap<MimeBundle, Setup | null>();

/// What an output sets up; null if it shows something.
function setupOf(data: MimeBundle): Setup | null {
  let setup = known.get(data);
  if (setup === undefined) known.set(data, (setup = findSetup(data)));
  return setup;
}

function findSetup(data: MimeBundle): Setup | null {
  const own = textOf(data["text/html"]);
  if (own !== null) return isSetup(data) ? defined(own) : null;
  const script = scriptOf(data);
  const types = Object.keys(data);
  if (script === null || types.some(type => draws.test(type))) return null;
  // What it draws into its element is seen where it stands.
  if (/\belement\b/.test(script) && !types.some(type => loads.test(type))) return null;
  const html = scriptHtml(script);
  // Their libraries come from files, or packed in a text that assigns many names.
  return types.some(type => loads.test(type))
    ? { html, names: /\bBokeh\b|HoloViews|PyViz/i }
    : defined(html);
}

function defined(html: string): Setup {
  const names = new Set<string>();
  for (const pattern of [assigned, packed, declared])
    for (const [, name] of html.matchAll(pattern)) names.add(name!);
  // A library is there by the names that it assigns, whatever it loads besides.
  return { html, names: !names.size && loadsFile.test(html) ? null : names };
}

const onlyActs = ({ names }: Setup) => names instanceof Set && !names.size;

/// HTML as the body of a document in which that has been run which its scripts need of these outputs.
export function withSetups(html: string, scripted: readonly Scripted[]): string {
  if (!/<script[\s>]/i.test(html)) return html;
  const known = scripted.flatMap(({ data }) => setupOf(data) ?? []);
  const all = known.filter(setup => !onlyActs(setup));
  // What fails in it is not told: it may wait for what comes later.
  if (all.some(setup => setup.html === html)) return `<div data-rdit-setup>${html}</div>`;
  const needed = new Set<Setup>();
  for (const users: [string, ReadonlySet<string>][] = [[html, namesIn(html)]]; users.length;) {
    const [text, mentions] = users.pop()!;
    for (const setup of all)
      if (!needed.has(setup) && uses(text, mentions, setup)) {
        needed.add(setup);
        users.push([setup.html, namesInSetup(setup)]);
      }
  }
  if (!needed.size) return html;
  for (const setup of known)
    if (onlyActs(setup) && setup.html !== html) {
      const mentions = namesInSetup(setup);
      if ([...needed].some(other => other.names && uses(setup.html, mentions, other)))
        needed.add(setup);
    }
  const before = known.filter(setup => needed.has(setup)).map(setup => `<div>${setup.html}</div>`);
  return `<div hidden data-rdit-setup>${before.join("\n")}</div>
<script>(() => {
  const [setup] = document.querySelectorAll("[data-rdit-setup]");
  for (const node of [...document.body.childNodes])
    if (node !== setup && !/^(script|style|link)$/i.test(node.nodeName)) setup.append(node);
})()</script>
${html}`;
}

function uses(text: string, mentions: ReadonlySet<string>, { names }: Setup): boolean {
  if (!names) return true;
  if (names instanceof RegExp) return names.test(text);
  for (const name of names) if (mentions.has(name)) return true;
  return false;
}

// The names that scripts mention, but for those of members of anything but the window.
const mentioned =
  /(?<![.\w$])(?:(?:window|self|globalThis|root|global)\s*\.\s*)?([A-Za-z_$][\w$]*)/g;
const scriptTags = /<script\b[^]*?<\/script\s*>/gi;

const namesOf = new WeakMap<Setup, ReadonlySet<string>>();

function namesIn(html: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [script] of html.matchAll(scriptTags))
    for (const [, name] of script.matchAll(mentioned)) names.add(name!);
  return names;
}

/// Those of a setup are found once: it may be a whole library.
function namesInSetup(setup: Setup): ReadonlySet<string> {
  let names = namesOf.get(setup);
  if (!names) namesOf.set(setup, (names = namesIn(setup.html)));
  return names;
}
