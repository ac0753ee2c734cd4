// Key habits: the keys of commands where they are others than in the tables of commands, whose keys are
// those of JupyterLab's notebooks. A list replaces all keys of the command; an empty one takes them away.
// Lazy on the page, for all who keep the default.
import type { pageSettings } from "./settings";

export type Habit = (typeof pageSettings)["keys"]["enum"][number];
export type HabitKeys = Readonly<Record<string, readonly string[]>>;

export const habits: Record<Habit, HabitKeys> = {
  jupyter: {},
  // https://code.visualstudio.com/docs/reference/default-keybindings
  vscode: {
    "rdit:run-all": ["Mod-F5", "Mod-Shift-Enter"],
    "rdit:comment": ["Mod-/", "Mod-k Mod-c"],
    "rdit:select-line": ["Mod-l"],
    "rdit:fold-all-code": ["Mod-k Mod-0"],
    "rdit:unfold-all-code": ["Mod-k Mod-j"],
    "rdit:help": ["Mod-k Mod-s"],
  },
  // https://support.posit.co/hc/en-us/articles/200711853
  rstudio: {
    "rdit:run": ["Mod-Enter", "Shift-Enter"],
    "rdit:run-and-stay": ["Alt-Enter"],
    "rdit:run-and-insert-below": [],
    "rdit:run-to-here": ["Mod-Alt-b", "Mod-Alt-Enter"],
    "rdit:run-below": ["Mod-Alt-e"],
    "rdit:run-section": ["Mod-Alt-t"],
    "rdit:run-all": ["Mod-Alt-r", "Mod-Shift-s", "Mod-Shift-Enter"],
    "rdit:restart": ["Mod-Shift-F10"],
    "rdit:comment": ["Mod-Shift-c"],
    "rdit:format": ["Mod-Shift-a"],
    "rdit:delete-line": ["Mod-d"],
    "rdit:duplicate": ["Mod-Shift-d"],
    "rdit:next-occurrence": ["Mod-Alt-Shift-ArrowRight"],
    "rdit:go-to-line": ["Alt-Shift-g"],
    "rdit:select-line": [],
    "rdit:matching-bracket": ["Mod-p"],
    "rdit:fold-code": ["Alt-l"],
    "rdit:unfold-code": ["Alt-Shift-l"],
    "rdit:fold-all-code": ["Alt-o"],
    "rdit:unfold-all-code": ["Alt-Shift-o"],
    "rdit:help": ["Alt-Shift-k"],
  },
  // spyder/config/main.py. A cell of Spyder's is a section; a script without them is one.
  spyder: {
    "rdit:run": ["F9"],
    "rdit:run-and-stay": [],
    "rdit:run-section": ["Mod-Enter"],
    "rdit:run-section-and-advance": ["Shift-Enter"],
    "rdit:run-to-here": ["Shift-F9", "Mod-Alt-Enter"],
    "rdit:run-below": ["Mod-F9"],
    "rdit:run-all": ["F5", "Mod-Shift-Enter"],
    "rdit:restart": ["Mod-."],
    "rdit:interrupt": ["Mod-Shift-."],
    "rdit:reset": ["Mod-Alt-r"],
    "rdit:next-section": ["Mod-ArrowDown"],
    "rdit:previous-section": ["Mod-ArrowUp"],
    "rdit:comment": ["Mod-1"],
    "rdit:delete-line": ["Mod-d"],
    "rdit:next-occurrence": [],
    "rdit:go-to-line": ["Mod-l"],
    "rdit:copy-line-up": ["Mod-Alt-ArrowUp"],
    "rdit:copy-line-down": ["Mod-Alt-ArrowDown"],
    "rdit:cursor-above": ["Shift-Alt-ArrowUp"],
    "rdit:cursor-below": ["Shift-Alt-ArrowDown"],
    "rdit:settings": ["Mod-Alt-Shift-p", "Mod-,"],
  },
};
