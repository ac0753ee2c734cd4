// The commands for a script in JupyterLab, and the entries of JupyterLab's menus that run them.
// Keys, toolbar and context menus are in schema/plugin.json, where users can change them.

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ICommandPalette, SemanticCommand, WidgetTracker } from "@jupyterlab/apputils";
import type { IDefaultFileBrowser } from "@jupyterlab/filebrowser";
import type { ILauncher } from "@jupyterlab/launcher";
import type { IMainMenu } from "@jupyterlab/mainmenu";
import type { TranslationBundle } from "@jupyterlab/translation";
import {
  consoleIcon,
  fastForwardIcon,
  launchIcon,
  refreshIcon,
  runIcon,
  stopIcon,
  type LabIcon,
} from "@jupyterlab/ui-components";
import { URLExt } from "@jupyterlab/coreutils";
import type { ReadonlyPartialJSONObject } from "@lumino/coreutils";
import type { RditDocument } from "./document";
import { belowIcon, besideIcon, clearIcon, rditIcon } from "./icons";
import { Command, FACTORY } from "./ids";
import type { Script } from "./script";

export interface Places {
  readonly palette: ICommandPalette | null;
  readonly launcher: ILauncher | null;
  readonly menu: IMainMenu | null;
  readonly browser: IDefaultFileBrowser | null;
}

interface Description {
  label: string | (() => string);
  caption?: string;
  icon?: LabIcon | (() => LabIcon);
  isEnabled?(script: Script): boolean;
  /// The command moves the focus itself; after the others it returns to the code.
  movesFocus?: boolean;
  do(script: Script, document: RditDocument): unknown;
}

export function addCommands(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<RditDocument>,
  trans: TranslationBundle,
  places: Places,
): void {
  const { commands, shell } = app;
  // A toolbar button acts on the document of its toolbar: the click activates that document first.
  const current = ({ toolbar }: ReadonlyPartialJSONObject = {}): RditDocument | null =>
    toolbar || shell.currentWidget === tracker.currentWidget ? tracker.currentWidget : null;

  const add = (
    id: string,
    { label, caption, icon, isEnabled, movesFocus, do: act }: Description,
  ) => {
    commands.addCommand(id, {
      label,
      caption: caption ?? label,
      icon: typeof icon === "function" ? () => (icon as () => LabIcon)() : icon,
      isEnabled: args => {
        const document = current(args);
        return document !== null && (isEnabled?.(document.script) ?? true);
      },
      execute: async args => {
        const document = current(args);
        if (!document) return;
        const answer = await act(document.script, document);
        if (!movesFocus && !document.isDisposed) document.content.editor.focus();
        return answer;
      },
      describedBy: { args: { type: "object", properties: { toolbar: { type: "boolean" } } } },
    });
    places.palette?.addItem({ command: id, category: trans.__("rdit") });
  };

  const isBelow = () => current()?.script.wantedLayout === "below";

  add(Command.run, {
    label: trans.__("Run Statement and Advance"),
    caption: trans.__("Run the statements that the selection touches, and go to the next"),
    icon: runIcon,
    do: script => script.perform(({ runAndAdvance }) => runAndAdvance),
  });
  add(Command.runAndStay, {
    label: trans.__("Run Statement"),
    do: script => script.perform(({ runAndStay }) => runAndStay),
  });
  add(Command.runAndInsert, {
    label: trans.__("Run Statement and Insert Below"),
    do: script => script.perform(({ runAndInsertBelow }) => runAndInsertBelow),
  });
  add(Command.runAll, {
    label: trans.__("Run All Statements"),
    caption: trans.__("Run the whole script"),
    icon: fastForwardIcon,
    do: script => script.runAll(),
  });
  add(Command.runToHere, {
    label: trans.__("Run from the Top to Here"),
    do: script => script.perform(({ runToHere }) => runToHere),
  });
  add(Command.restartAndRunAll, {
    label: trans.__("Restart Kernel and Run All Statements…"),
    caption: trans.__("Restart the kernel, and run the whole script"),
    icon: fastForwardIcon,
    do: async script => {
      if (await script.restart()) script.runAll();
    },
  });
  add(Command.interrupt, {
    label: trans.__("Interrupt Kernel"),
    caption: trans.__("Stop what runs, and what waits"),
    icon: stopIcon,
    do: script => script.backend.interrupt(),
  });
  add(Command.reset, {
    label: trans.__("Clear Namespace"),
    caption: trans.__("Forget all that runs have defined, and keep the kernel"),
    icon: clearIcon,
    do: script => script.backend.reset(),
  });
  add(Command.restart, {
    label: trans.__("Restart Kernel…"),
    caption: trans.__("Restart the kernel"),
    icon: refreshIcon,
    do: script => script.restart(),
  });
  add(Command.reconnect, {
    label: trans.__("Reconnect to Kernel"),
    do: script => script.sessionContext.session?.kernel?.reconnect(),
  });
  add(Command.changeKernel, {
    label: trans.__("Change Kernel…"),
    do: script => script.chooseKernel(),
  });
  add(Command.shutdown, {
    label: trans.__("Shut Down Kernel"),
    isEnabled: script => Boolean(script.session.kernel?.id),
    do: script => script.shutDown(),
  });
  add(Command.closeAndShutdown, {
    movesFocus: true,
    label: trans.__("Close and Shut Down Kernel"),
    do: async (script, document) => {
      if (script.session.kernel?.id) await script.shutDown();
      await document.close();
    },
  });
  add(Command.clearResults, {
    label: trans.__("Clear Results"),
    do: script => script.perform(({ clearResults }) => clearResults),
  });
  add(Command.focusResult, {
    movesFocus: true,
    label: trans.__("Go to Result"),
    do: script => script.perform(({ focusResult }) => focusResult),
  });
  add(Command.nextResult, {
    movesFocus: true,
    label: trans.__("Go to Next Result"),
    do: script => script.perform(({ nextResult }) => nextResult),
  });
  add(Command.previousResult, {
    movesFocus: true,
    label: trans.__("Go to Previous Result"),
    do: script => script.perform(({ previousResult }) => previousResult),
  });
  add(Command.nextError, {
    movesFocus: true,
    label: trans.__("Go to Next Error"),
    do: script => script.perform(({ nextError }) => nextError),
  });
  add(Command.previousError, {
    movesFocus: true,
    label: trans.__("Go to Previous Error"),
    do: script => script.perform(({ previousError }) => previousError),
  });
  add(Command.layout, {
    // The label names the action. Not a toggle command: JupyterLab writes the toggled state to an
    // element whose ARIA role does not allow it.
    label: () =>
      isBelow() ? trans.__("Results Beside the Code") : trans.__("Results Below the Code"),
    icon: () => (isBelow() ? besideIcon : belowIcon),
    do: script => {
      script.toggleLayout();
      commands.notifyCommandChanged(Command.layout);
    },
  });
  add(Command.openPage, {
    movesFocus: true,
    label: trans.__("Open in a Page of Its Own"),
    icon: launchIcon,
    do: script => {
      const { baseUrl } = app.serviceManager.serverSettings;
      window.open(URLExt.join(baseUrl, "rdit/edit", URLExt.encodeParts(script.path)), "_blank");
    },
  });
  add(Command.createConsole, {
    movesFocus: true,
    label: trans.__("New Console on This Script's Kernel"),
    icon: consoleIcon,
    isEnabled: script => Boolean(script.session.kernel?.id),
    do: script =>
      commands.execute("console:create", {
        activate: true,
        insertMode: "split-bottom",
        name: script.name,
        kernelPreference: { id: script.session.kernel?.id },
      }),
  });

  commands.addCommand(Command.createNew, {
    label: args => (args.isPalette ? trans.__("New rdit Script") : trans.__("rdit Script")),
    caption: trans.__("Create a Python script and open it with rdit"),
    icon: args => (args.isPalette ? undefined : rditIcon),
    execute: async args => {
      const cwd = (args.cwd as string | undefined) ?? places.browser?.model.path ?? "";
      const model: { path: string } = await commands.execute("docmanager:new-untitled", {
        path: cwd,
        type: "file",
        ext: "py",
      });
      return commands.execute("docmanager:open", { path: model.path, factory: FACTORY });
    },
    describedBy: {
      args: {
        type: "object",
        properties: { cwd: { type: "string" }, isPalette: { type: "boolean" } },
      },
    },
  });
  commands.addCommand(Command.open, {
    label: trans.__("Open with rdit"),
    icon: rditIcon,
    execute: () => {
      for (const item of places.browser?.selectedItems() ?? [])
        if (item.type !== "directory")
          void commands.execute("docmanager:open", { path: item.path, factory: FACTORY });
    },
    describedBy: { args: { type: "object", properties: {} } },
  });
  places.palette?.addItem({
    command: Command.createNew,
    category: trans.__("rdit"),
    args: { isPalette: true },
  });
  places.launcher?.add({ command: Command.createNew, category: trans.__("Other"), rank: 2 });
  if (places.menu) addToMenus(places.menu, tracker);
  for (const signal of [tracker.currentChanged, shell.currentChanged])
    signal?.connect(() => {
      commands.notifyCommandChanged();
      // With a script in front, lab.css hides the disabled entries of the Run menu, which are about
      // notebook cells.
      document.body.classList.toggle("rdit-mod-current", current() !== null);
    });
}

/// Registers the commands with JupyterLab's semantic menu entries, for scripts. The file editor's
/// are enabled for every widget in its tracker, scripts included, so these get a lower rank and
/// win.
function addToMenus(menu: IMainMenu, tracker: WidgetTracker<RditDocument>) {
  const rank = 100;
  const add = (to: SemanticCommand, id: string) =>
    to.add({ id, rank, isEnabled: widget => tracker.has(widget) });
  const { codeRunners } = menu.runMenu;
  add(codeRunners.run, Command.run);
  add(codeRunners.runAll, Command.runAll);
  add(codeRunners.restart, Command.restart);
  add(menu.fileMenu.consoleCreators, Command.createConsole);
  add(menu.fileMenu.closeAndCleaners, Command.closeAndShutdown);
  const { kernelUsers } = menu.kernelMenu;
  add(kernelUsers.interruptKernel, Command.interrupt);
  add(kernelUsers.restartKernel, Command.restart);
  add(kernelUsers.reconnectToKernel, Command.reconnect);
  add(kernelUsers.changeKernel, Command.changeKernel);
  add(kernelUsers.shutdownKernel, Command.shutdown);
  add(kernelUsers.clearWidget, Command.clearResults);
}
