// Requests to rdit's endpoints with JupyterLab's server settings.

import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";
import type { SessionModel } from "../protocol";

/// Client of rdit's HTTP endpoints. Its methods reject with an `Error` that has the server's
/// message.
export class Server {
  constructor(readonly settings: ServerConnection.ISettings) {}

  sessions(): Promise<SessionModel[]> {
    return this.ask("GET", "sessions");
  }

  async shutDown(session: string): Promise<void> {
    await this.request("DELETE", `sessions/${encodeURIComponent(session)}`);
  }

  /// Tells the server that the script was renamed, or gets another kernel.
  update(session: string, change: { path?: string; kernelName?: string }): Promise<SessionModel> {
    return this.ask("PATCH", `sessions/${encodeURIComponent(session)}`, change);
  }

  async ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    return (await (await this.request(method, path, body, signal)).json()) as T;
  }

  /// Rejects with the server's error message.
  async request(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Response> {
    const response = await ServerConnection.makeRequest(
      URLExt.join(this.settings.baseUrl, "rdit", path),
      {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      },
      this.settings,
    );
    if (response.ok) return response;
    const said = (await response.json().catch(() => ({}))) as { message?: string };
    throw new Error(said.message || `${response.status} ${response.statusText}`);
  }

  /// Null if the server does not answer.
  async isSignedIn(): Promise<boolean | null> {
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
