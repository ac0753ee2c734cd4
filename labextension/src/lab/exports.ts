// A script as other documents, downloaded, as JupyterLab does it with notebooks.

import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";
import { download } from "../documents/download";
import type { Exports } from "../editor/host";
import type { Server } from "./server";

export function exportsOf(server: Server, name: string): Exports {
  const { settings } = server;
  return {
    title: name.replace(/\.py$/, ""),
    async template() {
      const url = URLExt.join(settings.baseUrl, "static/rdit/report.html");
      const answer = await ServerConnection.makeRequest(url, {}, settings);
      if (!answer.ok) throw new Error(`the server has no report.html (${answer.status}).`);
      return answer.text();
    },
    convert: async body => (await server.request("POST", "export", body)).text(),
    give: download,
  };
}
