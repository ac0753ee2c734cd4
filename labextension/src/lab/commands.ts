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
import { belowIcon, besideIcon, clearIcon, rditIcon, spacedIcon } from "./icons";
import { codeCommands, type CodeRow } from "../session/code_commands";
import { labCommands, labEntries, scriptCommands, type CommandRow } from "../session/commands";
import { addAppCommand } from "./app_command";
import { FACTORY } from "./ids";
import type { Script } from "./script";

export interface Places {
  readonly palette: ICommandPalette | null;
  readonly launcher: ILauncher | null;
  readonly menu: IMainMenu | null;
  readonly browser: IDefaultFileBrowser | null;
}

/// What JupyterLab's own commands of a script do, by id.
type Own = Record<string, (script: Script, document: RditDocument) => unknown>;

const icons: Record<string, LabIcon> = {
  run: runIcon,
  runAll: fastForwardIcon,
  stop: stopIcon,
  clear: clearIcon,
  restart: refreshIcon,
  launch: launchIcon,
  console: consoleIcon,
};

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
  // By the layout that is, what the next one does.
  const nextLayouts = {
    beside: [trans.__("Results Beside the Code, with Room between Its Lines"), spacedIcon],
    spaced: [trans.__("Results Below the Code"), belowIcon],
    below: [trans.__("Results in the Margin"), besideIcon],
  } as const;
  const next = () => nextLayouts[current()?.script.shownLayout ?? "beside"];

  const own: Own = {
    "rdit:reconnect": script => script.sessionContext.session?.kernel?.reconnect(),
    "rdit:change-kernel": script => script.chooseKernel(),
    "rdit:shutdown": script => script.shutDown(),
    "rdit:close-and-shutdown": async (script, document) => {
      if (script.session.kernel?.id) await script.shutDown();
      await document.close();
    },
    "rdit:open-page": script => {
      const { baseUrl } = app.serviceManager.serverSettings;
      window.open(URLExt.join(baseUrl, "rdit/edit", URLExt.encodeParts(script.path)), "_blank");
    },
    "rdit:outline": () => commands.execute("toc:show-panel"),
    "rdit:create-console": script =>
      commands.execute("console:create", {
        activate: true,
        insertMode: "split-bottom",
        name: script.name,
        kernelPreference: { id: script.session.kernel?.id },
      }),
  };
  const rows: readonly (CommandRow & Partial<CodeRow>)[] = [
    ...scriptCommands,
    ...codeCommands,
    ...labCommands,
  ];
  for (const row of rows) {
    const { id, label, text = label, icon = "", edit, run, code, needsKernel, movesFocus } = row;
    if (row.isOfApp) continue;
    // The layout's label names the action. Not a toggle command: JupyterLab writes the toggled state
    // to an element whose ARIA role does not allow it.
    const isLayout = id === "rdit:layout";
    commands.addCommand(id, {
      label: isLayout ? () => next()[0] : trans.__(label),
      caption: isLayout ? () => next()[0] : trans.__(text),
      icon: isLayout ? () => next()[1] : icons[icon],
      isEnabled: args => {
        const document = current(args);
        return document !== null && (!needsKernel || Boolean(document.script.session.kernel?.id));
      },
      execute: async args => {
        const document = current(args);
        if (!document) return;
        const { script } = document;
        const answer = await (edit
          ? script.perform(controller => controller.edit(edit))
          : code
            ? script.onCode(code)
            : run
              ? script.perform(run)
              : own[id](script, document));
        if (!movesFocus && !document.isDisposed) document.content.editor.focus();
        if (isLayout) commands.notifyCommandChanged(id);
        return answer;
      },
      describedBy: { args: { type: "object", properties: { toolbar: { type: "boolean" } } } },
    });
    places.palette?.addItem({ command: id, category: trans.__("rdit") });
  }

  addAppCommand(commands, trans, "rdit:create-new", {
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
  addAppCommand(commands, trans, "rdit:open", {
    icon: rditIcon,
    execute: () => {
      for (const item of places.browser?.selectedItems() ?? [])
        if (item.type !== "directory")
          void commands.execute("docmanager:open", { path: item.path, factory: FACTORY });
    },
  });
  places.palette?.addItem({
    command: "rdit:create-new",
    category: trans.__("rdit"),
    args: { isPalette: true },
  });
  places.launcher?.add({ command: "rdit:create-new", category: trans.__("Other"), rank: 2 });
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
  for (const [id, paths] of Object.entries(labEntries))
    for (const path of paths.split(" ")) {
      const entry = path
        .split(".")
        .reduce((at, name) => (at as unknown as Record<string, object>)[name], menu as object);
      (entry as SemanticCommand).add({ id, rank, isEnabled: widget => tracker.has(widget) });
    }
}
