// Modules in files beside the script, for when no kernel can say where they are.

import { language } from "@codemirror/language";
import { Text, type EditorState } from "@codemirror/state";
import { editorHost } from "../host";
import type { Origin } from "./names";
import { namesOf } from "./names_analysis";

/// The files that may be a module, by their path from the script's folder, the likeliest first.
export function candidates({ module, member }: Origin): { path: string; member?: string }[] {
  const [, dots, rest] = /^(\.*)(.*)$/.exec(module)!;
  const up = "../".repeat(Math.max(0, dots!.length - 1));
  const path = up + rest!.replaceAll(".", "/");
  const found: { path: string; member?: string }[] = [];
  const within = path && !path.endsWith("/") ? `${path}/` : path;
  if (rest) found.push({ path: `${path}.py`, member });
  found.push({ path: `${within}__init__.py`, member });
  // What is imported from a package may be a module in it.
  if (member) found.push({ path: `${within}${member}.py` });
  return found;
}

/// The file and the line that define what an import imports; null if there is no such file.
export async function definitionBeside(
  state: EditorState,
  origin: Origin,
): Promise<{ path: string; line: number } | null> {
  const read = state.facet(editorHost)?.readBeside;
  const parser = state.facet(language)?.parser;
  if (!read || !parser) return null;
  let module: string | null = null;
  for (const { path, member } of candidates(origin)) {
    const text = await read(path);
    if (text === null) continue;
    if (!member) return { path, line: 1 };
    const doc = Text.of(text.split(/\r\n?|\n/));
    const binding = namesOf(parser.parse(doc.toString()), doc).module.bindings.get(member);
    const at = binding?.node ?? binding?.occurrences[0];
    if (at) return { path, line: doc.lineAt(at.from).number };
    module ??= path;
  }
  return module === null ? null : { path: module, line: 1 };
}
