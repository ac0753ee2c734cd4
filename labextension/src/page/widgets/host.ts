// What widgets need to know of the script's session.

import type { ExecutionBackend } from "../../backends/backend";
import type { SwitchingBackend } from "../../backends/switching";
import { pageAddress, type PageConfig } from "../config";
import type { Controller } from "../../session/controller";

export interface WidgetHost {
  readonly backend: ExecutionBackend;
  /// The address of the channels of the script's kernel; null while there is none.
  channels(): URL | null;
  /// Why a widget that was shown is in no kernel.
  whyNone(): string;
  /// Calls when the kernel process of now ends, or another takes its place.
  onProcessEnd(end: () => void): void;
}

const BROWSER = "Live widgets need Python on a server: here is no kernel that they could talk to.";
const NONE = "This widget is no longer in a kernel: run its statement again.";

/// Of the script that a controller has.
export function widgetHost(config: PageConfig, controller: Controller): WidgetHost {
  const { backend } = controller;
  return {
    backend,
    channels() {
      const id = backend.kind === "server" ? controller.status.kernel?.id : null;
      if (!id) return null;
      // Of the page's backends, the one in use.
      const { server } = backend as SwitchingBackend;
      const url = new URL(
        `${server?.baseUrl ?? config.baseUrl}api/kernels/${id}/channels`,
        pageAddress,
      );
      if (server?.token) url.searchParams.set("token", server.token);
      url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
      return url;
    },
    whyNone: () => (backend.kind === "pyodide" ? BROWSER : NONE),
    onProcessEnd(end) {
      let id = controller.status.kernel?.id;
      backend.subscribe({
        events(events) {
          for (const event of events) {
            if (event.type !== "session") continue;
            const { state, kernel } = event;
            if (state === "restarting" || state === "dead" || kernel.id !== id) end();
            id = kernel.id;
          }
        },
        gone: end,
      });
    },
  };
}
