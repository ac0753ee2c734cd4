// rdit's part of the Jupyter server, asked with JupyterLab's own settings: its address, its token, its
// websockets.

import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";
import { PythonServerBackend } from "../backends/server";
import type { SessionModel } from "../protocol";

export class Server {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  /// A backend on the session of the script that `path` names, whatever it names by then.
  backend(path: () => string): PythonServerBackend {
    const { settings } = this;
    return new PythonServerBackend(
      () => {
        const query: { [name: string]: string } = { path: path() };
        if (settings.appendToken && settings.token) query.token = settings.token;
        return URLExt.join(settings.wsUrl, "rdit", "ws") + URLExt.objectToQueryString(query);
      },
      () => this.isSignedIn(),
      url => new settings.WebSocket(url),
    );
  }

  sessions(): Promise<SessionModel[]> {
    return this.ask("GET", "sessions");
  }

  async shutDown(session: string): Promise<void> {
    await this.request("DELETE", `sessions/${encodeURIComponent(session)}`);
  }

  /// The script was renamed, or shall have another kernel.
  update(session: string, change: { path?: string; kernelName?: string }): Promise<SessionModel> {
    return this.ask("PATCH", `sessions/${encodeURIComponent(session)}`, change);
  }

  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return (await (await this.request(method, path, body)).json()) as T;
  }

  /// Fails with the server's own words.
  async request(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await ServerConnection.makeRequest(
      URLExt.join(this.settings.baseUrl, "rdit", path),
      { method, ...(body !== undefined && { body: JSON.stringify(body) }) },
      this.settings,
    );
    if (response.ok) return response;
    const said = (await response.json().catch(() => ({}))) as { message?: string };
    throw new Error(said.message || `${response.status} ${response.statusText}`);
  }

  private async isSignedIn(): Promise<boolean | null> {
    try {
      const { ok, status } = await ServerConnection.makeRequest(
        URLExt.join(this.settings.baseUrl, "api/me"),
        { cache: "no-store" },
        this.settings,
      );
      if (ok) return true;
      return status === 401 || status === 403 ? false : null;
    } catch (error) {
      if (error instanceof ServerConnection.NetworkError) return null;
      throw error;
    }
  }
}
