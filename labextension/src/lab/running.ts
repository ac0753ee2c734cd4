// The Running panel's section of scripts: their sessions, whether open here or not, and the kernels
// that the server started for them.

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { IRunningSessionManagers, IRunningSessions } from "@jupyterlab/running";
import type { TranslationBundle } from "@jupyterlab/translation";
import { Signal } from "@lumino/signaling";
import type { SessionModel } from "../protocol";
import { FACTORY } from "./ids";
import { rditIcon } from "./icons";
import type { Server } from "./server";

export function addRunning(
  managers: IRunningSessionManagers,
  app: JupyterFrontEnd,
  server: Server,
  trans: TranslationBundle,
): { refresh(): void } {
  const running = new RunningScripts(app, server, trans);
  managers.add(running);
  // A script's kernel is also in JupyterLab's list of running kernels: refresh that.
  app.serviceManager.kernels.runningChanged.connect(() => running.refreshRunning());
  return { refresh: () => running.refreshRunning() };
}

class RunningScripts implements IRunningSessions.IManager {
  readonly name: string;
  readonly shutdownLabel: string;
  readonly shutdownAllLabel: string;
  readonly runningChanged = new Signal<this, void>(this);
  private sessions: SessionModel[] = [];

  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly server: Server,
    private readonly trans: TranslationBundle,
  ) {
    this.name = trans.__("rdit");
    this.shutdownLabel = trans.__("Shut Down Kernel");
    this.shutdownAllLabel = trans.__("Shut Down All");
    this.refreshRunning();
  }

  readonly shutdownAllConfirmationText = () =>
    this.trans.__("Shut down the kernels of all scripts?");

  running(): IRunningSessions.IRunningItem[] {
    return this.sessions.map(session => ({
      label: () => session.name,
      labelTitle: () => [session.path ?? session.name, session.kernel.displayName].join("\n"),
      detail: () => session.kernel.displayName ?? "",
      icon: () => rditIcon,
      ...(session.path !== null && {
        open: () =>
          void this.app.commands.execute("docmanager:open", {
            path: session.path,
            factory: FACTORY,
          }),
      }),
      shutdown: () => void this.shutDown([session]),
    }));
  }

  shutdownAll(): void {
    void this.shutDown(this.sessions);
  }

  refreshRunning(): void {
    void this.refresh();
  }

  private async refresh() {
    const all = await this.server.sessions().catch((error: Error) => {
      console.warn(`rdit: the running scripts could not be listed: ${error.message}`);
      return [];
    });
    this.sessions = all.filter(({ kernel }) => kernel.id);
    this.runningChanged.emit();
  }

  private async shutDown(sessions: readonly SessionModel[]) {
    await Promise.allSettled(sessions.map(({ id }) => this.server.shutDown(id)));
    await this.refresh();
  }
}
