// The images, sound and video that outputs name by a path, for a report, which stands alone: it has them with it.
// documents/local_media.py does the same where a script is exported without a page.

import type { ExportedResult } from "../protocol";
import { pathOf, sourcesIn } from "../results/local_files";
import { textOf, type MimeRenderer } from "../results/mime";

/// Of all files in a report, in bytes.
const most = 20_000_000;
// Images, and the definitions that they may refer to.
const inMarkdown =
  /!\[(?:[^[\]]|\[[^[\]]*\])*\]\(\s*(?:<([^<>\n]*)>|((?:[^\s()]|\([^\s()]*\))+))|^ {0,3}\[[^\]\n]+\]:\s*(?:<([^<>\n]*)>|(\S+))/gm;
const escapes = /\\([!-/:-@[-`{-~])/g;

/// The paths that may be of such files, each once.
export function pathsIn(results: readonly ExportedResult[]): string[] {
  const sources: string[] = [];
  for (const { output } of results)
    for (const one of output) {
      if (!("data" in one)) continue;
      const markdown = textOf(one.data["text/markdown"]) ?? "";
      for (const type of ["text/html", "text/markdown"])
        sources.push(...sourcesIn(textOf(one.data[type]) ?? ""));
      for (const [, ...found] of markdown.matchAll(inMarkdown))
        sources.push(found.find(source => source !== undefined)!.replace(escapes, "$1"));
    }
  return [...new Set(sources.map(pathOf).filter(path => path !== null))];
}

/// The files of a report by their paths, as `data:` addresses; in place of one that has no room, why it is left out.
/// Those that are not there are not among them.
export async function mediaOf(
  results: readonly ExportedResult[],
  loadRenderer: () => Promise<Pick<MimeRenderer, "media">>,
): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const paths = pathsIn(results);
  if (!paths.length) return files;
  const renderer = await loadRenderer();
  let room = most;
  for (const path of paths)
    try {
      const address = await renderer.media?.(
        path.split("/").map(encodeURIComponent).join("/"),
        room,
      );
      room -= ((address?.length ?? 0) * 3) / 4;
      if (address !== undefined)
        files[path] =
          address ?? `with it, files in this report would have more than ${most / 1e6} MB.`;
    } catch (error) {
      // The report says where it stands that it is not there.
      console.warn(`rdit: ${path} of an output is not in the report.`, error);
    }
  return files;
}
