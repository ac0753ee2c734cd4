// The files that outputs name, as JupyterLab's resolver finds them: beside the script, through Jupyter's
// files; on a static site among the scripts that this browser keeps.

import { dataUrl, type Resolver } from "../results/local_files";
import { encodePath, folderOf, type PageConfig } from "./config";
import { xsrfToken, type Files } from "./file/contents";

/// The resolver for the outputs of the script at this path. What climbs out of the folder that Jupyter serves
/// is not local.
export function outputFiles(config: PageConfig, script: string, files: Files): Resolver {
  const folder = folderOf(script);
  return {
    isLocal: url => !/^([a-z][-+.\w]*:|[/\\#?])/i.test(url) && joined(folder, url) !== null,
    async resolveUrl(url) {
      const path = joined(folder, url);
      return path === null ? url : encodePath(path);
    },
    async getDownloadUrl(urlPath) {
      const path = decodeURIComponent(urlPath);
      if (config.isSite) return dataUrl(new Blob([await files.read(path)], { type: typeOf(path) }));
      // Jupyter gives files to pages of its own, which it knows by this: the page sends no referrer.
      const xsrf = xsrfToken();
      return `${config.baseUrl}files/${urlPath}${xsrf ? `?_xsrf=${xsrf}` : ""}`;
    },
  };
}

/// The path of an address relative to a folder; null if it is outside of the root, or none.
function joined(folder: string, url: string): string | null {
  const path = folder.split("/").filter(Boolean);
  let name: string;
  try {
    name = decodeURIComponent(url.replace(/[?#].*$/, ""));
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
  for (const part of name.split("/")) {
    if (part === "..") {
      if (!path.pop()) return null;
    } else if (part && part !== ".") path.push(part);
  }
  return path.join("/");
}

const types: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  bmp: "image/bmp",
  svg: "image/svg+xml",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  ogg: "audio/ogg",
  flac: "audio/flac",
  m4a: "audio/mp4",
  mp4: "video/mp4",
  webm: "video/webm",
  ogv: "video/ogg",
  pdf: "application/pdf",
  html: "text/html",
};

const typeOf = (path: string) =>
  types[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream";
