// The table of commands. From it come the page's toolbar, keys and help; JupyterLab's commands,
// palette, menus, toolbar and shortcuts (schema/plugin.json); and the keys in docs/using.md. A test
// holds schema and document to it; `make tables` writes them.
//
// A row says what a command is; `edit` or `run` says what it does. A row without them is of one host,
// which has what it does. An array for each host, so that neither is built with the other's.
import type { Command } from "@codemirror/view";
import type * as editor from "../editor/commands";

/// The names of the editor's commands.
export type EditorCommand = {
  [Name in keyof typeof editor]: (typeof editor)[Name] extends Command ? Name : never;
}[keyof typeof editor];

/// What a command acts on: the controller of an open script.
export interface CommandTarget {
  /// Performs a command of the editor; false if it does not apply.
  edit(name: EditorCommand): boolean;
  /// Performs a command of the lazily loaded modules, given as `writingCommands`.
  write(id: string): boolean;
  interrupt(): unknown;
  reset(): unknown;
  restart(): unknown;
  restartAndRunAll(): unknown;
  toggleLayout(): unknown;
}

export interface CommandRow {
  id: `rdit:${string}`;
  /// In JupyterLab's menus and palette.
  label: string;
  /// On the page, or in JupyterLab's menus where the palette needs more words; default: `label`.
  short?: string;
  /// What it does, for tooltips, help and documentation; default: `label`.
  text?: string;
  /// The icon's name in each host.
  icon?: string;
  /// In CodeMirror's notation: "Mod" is Cmd on a Mac, else Ctrl. Those of other habits: session/habits.ts.
  keys?: string | readonly string[];
  /// The section of the page's help.
  group?: "run" | "section" | "edit" | "know" | "write" | "help";
  edit?: EditorCommand;
  run?(target: CommandTarget): unknown;
  /// Of a table that is loaded after the first paint, with the functions.
  act?: Command;
  /// On the page the keys work wherever the focus is.
  anywhere?: true;
  /// Not without a kernel.
  needsKernel?: true;
  /// It moves the focus itself; after the others it returns to the code.
  movesFocus?: true;
  /// Only on the static site.
  isOfSite?: true;
  /// Of JupyterLab, and not of an open script: it is registered where it is implemented.
  isOfApp?: true;
  /// Rank in the page's toolbar; each ten is a group of buttons.
  page?: number;
}

/// The commands of a script in every host.
export const scriptCommands: readonly CommandRow[] = [
  {
    id: "rdit:run",
    label: "Run Statement and Advance",
    short: "Run",
    text: "Run the statement, and go to the next",
    icon: "run",
    keys: "Shift-Enter",
    group: "run",
    edit: "runAndAdvance",
    page: 10,
  },
  {
    id: "rdit:run-and-stay",
    label: "Run Statement",
    text: "Run the statement, and stay",
    keys: "Mod-Enter",
    group: "run",
    edit: "runAndStay",
  },
  {
    id: "rdit:run-and-insert-below",
    label: "Run Statement and Insert Below",
    text: "Run, and open a line below",
    keys: "Alt-Enter",
    group: "run",
    edit: "runAndInsertBelow",
  },
  {
    id: "rdit:run-to-here",
    label: "Run from the Top to Here",
    text: "Run to here",
    keys: "Mod-Alt-Enter",
    group: "run",
    edit: "runToHere",
  },
  {
    id: "rdit:run-all",
    label: "Run All Statements",
    short: "Run all",
    text: "Run the whole script",
    icon: "runAll",
    keys: "Mod-Shift-Enter",
    group: "run",
    anywhere: true,
    edit: "runAll",
    page: 11,
  },
  {
    id: "rdit:interrupt",
    label: "Interrupt Kernel",
    short: "Stop",
    text: "Stop what runs, and what waits",
    icon: "stop",
    keys: "Mod-.",
    group: "run",
    anywhere: true,
    run: target => target.interrupt(),
    page: 12,
  },
  {
    id: "rdit:reset",
    label: "Clear Namespace",
    short: "Clear namespace",
    text: "Clear the namespace",
    icon: "clear",
    run: target => target.reset(),
    page: 20,
  },
  {
    id: "rdit:restart",
    label: "Restart Kernel…",
    short: "Restart kernel",
    text: "Restart the kernel",
    icon: "restart",
    run: target => target.restart(),
    page: 21,
  },
  {
    id: "rdit:restart-and-run-all",
    label: "Restart Kernel and Run All Statements…",
    text: "Restart the kernel, and run the whole script",
    icon: "runAll",
    run: target => target.restartAndRunAll(),
  },
  {
    id: "rdit:focus-result",
    label: "Go to Result",
    text: "To the result; Escape comes back",
    keys: "Mod-Alt-ArrowRight",
    group: "edit",
    edit: "focusResult",
    movesFocus: true,
  },
  {
    id: "rdit:next-result",
    label: "Go to Next Result",
    text: "To the next result",
    keys: "Alt-PageDown",
    group: "edit",
    edit: "nextResult",
    movesFocus: true,
  },
  {
    id: "rdit:previous-result",
    label: "Go to Previous Result",
    text: "To the result before",
    keys: "Alt-PageUp",
    group: "edit",
    edit: "previousResult",
    movesFocus: true,
  },
  {
    id: "rdit:next-error",
    label: "Go to Next Error",
    text: "To the next error",
    keys: "F8",
    group: "edit",
    edit: "nextError",
    movesFocus: true,
  },
  {
    id: "rdit:previous-error",
    label: "Go to Previous Error",
    text: "To the error before",
    keys: "Shift-F8",
    group: "edit",
    edit: "previousError",
    movesFocus: true,
  },
  {
    id: "rdit:fold-result",
    label: "Fold or Unfold Result",
    text: "Fold the result to one line, or unfold it",
    keys: "Mod-Alt-ArrowLeft",
    group: "edit",
    edit: "toggleFold",
  },
  {
    id: "rdit:fold-all",
    label: "Fold All Results",
    edit: "foldAll",
  },
  {
    id: "rdit:unfold-all",
    label: "Unfold All Results",
    edit: "unfoldAll",
  },
  {
    id: "rdit:open-large",
    label: "Open Result Large",
    text: "Open the result over the page; Escape closes it",
    edit: "openLarge",
    movesFocus: true,
  },
  {
    id: "rdit:reading-view",
    label: "Reading View",
    text: "The results without the code; Escape comes back",
    edit: "toggleReading",
    movesFocus: true,
  },
  {
    id: "rdit:definition",
    label: "Go to Definition",
    text: "To where the name at the cursor is defined",
    keys: "F12",
    group: "know",
    run: target => target.write("rdit:definition"),
    movesFocus: true,
  },
  {
    id: "rdit:references",
    label: "Go to References",
    text: "List the lines that have the name at the cursor",
    keys: "Shift-F12",
    group: "know",
    run: target => target.write("rdit:references"),
    movesFocus: true,
  },
  {
    id: "rdit:rename",
    label: "Rename Symbol",
    text: "Rename the name at the cursor in the whole script",
    keys: "F2",
    group: "know",
    run: target => target.write("rdit:rename"),
    movesFocus: true,
  },
  {
    id: "rdit:signature",
    label: "Trigger Parameter Hints",
    text: "Show what the call at the cursor takes",
    keys: "Mod-Shift-Space",
    group: "know",
    run: target => target.write("rdit:signature"),
  },
  {
    id: "rdit:format",
    label: "Format Script or Selection",
    short: "Format",
    text: "Format the script, or the selected statements",
    keys: "Shift-Alt-f",
    group: "know",
    edit: "format",
  },
  {
    id: "rdit:quick-fix",
    label: "Quick Fix",
    text: "Mend what is found at the cursor",
    group: "know",
    edit: "quickFix",
    movesFocus: true,
  },
  {
    id: "rdit:fix-all",
    label: "Mend All That Is Safe",
    text: "Make all quick fixes that are safe",
    group: "know",
    edit: "fixAll",
  },
  {
    id: "rdit:problems",
    label: "Show Problems",
    text: "List what is found, or close the list",
    keys: "Mod-Shift-m",
    group: "know",
    edit: "showProblems",
    movesFocus: true,
  },
  {
    id: "rdit:next-problem",
    label: "Go to Next Problem",
    text: "To the next problem in the code",
    keys: "Alt-F8",
    group: "know",
    edit: "nextProblem",
  },
  {
    id: "rdit:previous-problem",
    label: "Go to Previous Problem",
    text: "To the problem before",
    keys: "Shift-Alt-F8",
    group: "know",
    edit: "previousProblem",
  },
  {
    id: "rdit:layout",
    label: "Results Beside, Spaced or Below",
    short: "Results beside, spaced or below",
    text: "Results in the margin, beside the code with room between its lines, or below",
    icon: "beside",
    run: target => target.toggleLayout(),
    page: 40,
  },
];

/// The page's own.
export const pageCommands: readonly CommandRow[] = [
  {
    id: "rdit:save",
    label: "Save",
    text: "Save the script",
    icon: "save",
    keys: "Mod-s",
    group: "edit",
    anywhere: true,
    page: 30,
  },
  {
    id: "rdit:complete",
    label: "Trigger Suggest",
    text: "Complete the name at the cursor; Tab does it too",
    keys: "Ctrl-Space",
    group: "know",
    run: target => target.write("rdit:complete"),
  },
  {
    id: "rdit:download",
    label: "Save to disk",
    text: "Save a copy to disk",
    isOfSite: true,
    page: 31,
  },
  {
    id: "rdit:share",
    label: "Share",
    text: "Copy an address that holds this script",
    isOfSite: true,
    page: 32,
  },
  {
    id: "rdit:place",
    label: "Choose Where Python Runs…",
    movesFocus: true,
  },
  {
    id: "rdit:wrap",
    label: "Wrap Long Lines, or Let Them Run On",
    text: "Wrap long lines, or let them run on",
  },
  {
    id: "rdit:palette",
    label: "Show All Commands",
    short: "Commands",
    text: "Find a command by its name",
    icon: "commands",
    // Firefox opens a private window with the first.
    keys: ["Mod-Shift-p", "F1"],
    group: "help",
    anywhere: true,
    movesFocus: true,
    page: 41,
  },
  {
    id: "rdit:settings",
    label: "Settings…",
    short: "Settings",
    text: "Change the settings, and the keys",
    icon: "settings",
    keys: "Mod-,",
    group: "help",
    anywhere: true,
    movesFocus: true,
    page: 42,
  },
  {
    id: "rdit:help",
    label: "Show Keys",
    short: "Keys",
    text: "Show the keys",
    icon: "help",
    keys: "Mod-Shift-h",
    group: "help",
    anywhere: true,
    movesFocus: true,
    page: 43,
  },
];

/// JupyterLab's own.
export const labCommands: readonly CommandRow[] = [
  {
    id: "rdit:reconnect",
    label: "Reconnect to Kernel",
  },
  {
    id: "rdit:change-kernel",
    label: "Change Kernel…",
  },
  {
    id: "rdit:shutdown",
    label: "Shut Down Kernel",
    needsKernel: true,
  },
  {
    id: "rdit:close-and-shutdown",
    label: "Close and Shut Down Kernel",
    movesFocus: true,
  },
  {
    id: "rdit:clear-results",
    label: "Clear Results",
    edit: "clearResults",
  },
  {
    id: "rdit:outline",
    label: "Show Outline",
    text: "Show the table of contents: sections, headings, functions and classes",
    movesFocus: true,
  },
  {
    id: "rdit:open-page",
    label: "Open in a Page of Its Own",
    icon: "launch",
    movesFocus: true,
  },
  {
    id: "rdit:create-console",
    label: "New Console on This Script's Kernel",
    icon: "console",
    needsKernel: true,
    movesFocus: true,
  },
  {
    id: "rdit:complete",
    label: "Complete",
    keys: "Tab",
    isOfApp: true,
  },
  {
    id: "rdit:create-new",
    label: "New rdit Script",
    short: "rdit Script",
    text: "Create a Python script and open it with rdit",
    isOfApp: true,
  },
  {
    id: "rdit:open",
    label: "Open with rdit",
    isOfApp: true,
  },
  {
    id: "rdit:open-notebook-as-script",
    label: "Open Notebook as a Script",
    text: "Write the notebook as a Python script beside it, and open that with rdit",
    isOfApp: true,
  },
  {
    id: "rdit:variables",
    label: "Show Variables",
    text: "The variables of the current script",
    isOfApp: true,
  },
  {
    id: "rdit:watch",
    label: "Watch Selection",
    text: "Watch what is selected, or the name at the cursor, after each run",
    isOfApp: true,
  },
];

/// JupyterLab's own menu entries that run a command for a script: paths in its main menu.
export const labEntries: Record<string, string> = {
  "rdit:run": "runMenu.codeRunners.run",
  "rdit:run-all": "runMenu.codeRunners.runAll",
  "rdit:interrupt": "kernelMenu.kernelUsers.interruptKernel",
  "rdit:restart": "runMenu.codeRunners.restart kernelMenu.kernelUsers.restartKernel",
  "rdit:reconnect": "kernelMenu.kernelUsers.reconnectToKernel",
  "rdit:change-kernel": "kernelMenu.kernelUsers.changeKernel",
  "rdit:shutdown": "kernelMenu.kernelUsers.shutdownKernel",
  "rdit:close-and-shutdown": "fileMenu.closeAndCleaners",
  "rdit:clear-results": "kernelMenu.kernelUsers.clearWidget",
  "rdit:create-console": "fileMenu.consoleCreators",
};

/// Where a command stands in JupyterLab besides its palette, for the schema.
export interface LabPlace {
  /// Other keys than on the page, in every habit.
  keys?: readonly string[];
  /// Rank in the toolbar of a script.
  toolbar?: number;
  /// The main menu's menu that has it.
  menu?: "new" | "export" | "view" | "run" | "kernel";
  /// Context menu: of the editor, or of the files of a type; and the rank there.
  context?: ["editor" | "python" | "notebook", number];
  /// The keys work in the whole document.
  anywhere?: true;
  /// Where in the editor the keys work, if not everywhere.
  within?: string;
}

export const labPlaces: Record<string, LabPlace> = {
  "rdit:run": { toolbar: 20, context: ["editor", 0] },
  "rdit:run-and-stay": { menu: "run" },
  "rdit:run-to-here": { menu: "run", context: ["editor", 0] },
  "rdit:run-all": { toolbar: 21 },
  "rdit:interrupt": { toolbar: 22, anywhere: true },
  "rdit:reset": { toolbar: 24, menu: "kernel" },
  "rdit:restart": { toolbar: 23 },
  "rdit:fold-all": { menu: "view" },
  "rdit:unfold-all": { menu: "view" },
  "rdit:reading-view": { menu: "view" },
  "rdit:layout": { toolbar: 30, menu: "view" },
  "rdit:definition": { context: ["editor", 2] },
  "rdit:references": { context: ["editor", 2] },
  "rdit:rename": { context: ["editor", 2] },
  "rdit:format": { context: ["editor", 5] },
  "rdit:clear-results": { menu: "run" },
  "rdit:run-section": { menu: "run" },
  "rdit:run-stale": { menu: "run", context: ["editor", 0] },
  "rdit:run-needed": { menu: "run", context: ["editor", 0] },
  "rdit:run-above": { menu: "run" },
  "rdit:run-below": { menu: "run" },
  // JupyterLab goes through its tabs with these.
  "rdit:fold-code": { keys: [] },
  "rdit:unfold-code": { keys: [] },
  "rdit:create-console": { context: ["editor", 10] },
  "rdit:complete": { within: ".jp-mod-completer-enabled:not(.jp-mod-at-line-beginning)" },
  "rdit:create-new": { menu: "new" },
  "rdit:open": { context: ["python", 1.5] },
  "rdit:export-notebook": { menu: "export" },
  "rdit:export-html": { menu: "export" },
  "rdit:export-markdown": { menu: "export" },
  "rdit:open-notebook-as-script": { context: ["notebook", 1.5] },
  "rdit:variables": { menu: "view" },
  "rdit:watch": { context: ["editor", 6] },
};
