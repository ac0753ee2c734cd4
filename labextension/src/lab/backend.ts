// The backend of a script with JupyterLab's server settings: base URL, token, WebSocket class.

import { URLExt } from "@jupyterlab/coreutils";
import { PythonServerBackend } from "../backends/server";
import type { Server } from "./server";

/// Connects when created. `path` is called at each connection, so that it may change.
export function serverBackend(server: Server, path: () => string): PythonServerBackend {
  const { settings } = server;
  return new PythonServerBackend(
    () => {
      const query: { [name: string]: string } = { path: path() };
      if (settings.appendToken && settings.token) query.token = settings.token;
      return URLExt.join(settings.wsUrl, "rdit", "ws") + URLExt.objectToQueryString(query);
    },
    () => server.isSignedIn(),
    url => new settings.WebSocket(url),
  );
}
