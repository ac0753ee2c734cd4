// The ids of plugin, factory and commands in JupyterLab.

export const PLUGIN = "rdit:plugin";
/// Name of the widget factory: `/lab/tree/script.py?factory=rdit` opens a script with it.
export const FACTORY = "rdit";

export const Command = {
  run: "rdit:run",
  runAndStay: "rdit:run-and-stay",
  runAndInsert: "rdit:run-and-insert-below",
  runAll: "rdit:run-all",
  runToHere: "rdit:run-to-here",
  restartAndRunAll: "rdit:restart-and-run-all",
  interrupt: "rdit:interrupt",
  reset: "rdit:reset",
  restart: "rdit:restart",
  reconnect: "rdit:reconnect",
  changeKernel: "rdit:change-kernel",
  shutdown: "rdit:shutdown",
  closeAndShutdown: "rdit:close-and-shutdown",
  clearResults: "rdit:clear-results",
  focusResult: "rdit:focus-result",
  nextResult: "rdit:next-result",
  previousResult: "rdit:previous-result",
  nextError: "rdit:next-error",
  previousError: "rdit:previous-error",
  layout: "rdit:layout",
  complete: "rdit:complete",
  createNew: "rdit:create-new",
  open: "rdit:open",
  openPage: "rdit:open-page",
  createConsole: "rdit:create-console",
  exportAs: "rdit:export",
  openNotebook: "rdit:open-notebook-as-script",
  variables: "rdit:variables",
} as const;
