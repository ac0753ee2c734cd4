// The table of settings: the page's preferences, kept in the browser, and those of JupyterLab, whose
// settings editor has them from schema/plugin.json. A test holds the schema to it; `make tables`
// writes it.
//
// JupyterLab takes titles and defaults from the schema: its build has only the types of `labSettings`. The
// page's first chunk has only the defaults, which `make tables` writes to page/defaults.ts.

/// The groups of the page's dialog, and the settings in them, in its order; what stands in none is in
/// "Editing".
export const settingGroups: Readonly<Record<string, readonly string[]>> = {
  Appearance: ["theme", "fontFamily", "fontSize"],
  Editing: ["keys", "vim", "wrap", "stickyScope"],
  Results: ["layout", "foldResults", "resultLines", "markStale", "heat", "maxText", "maxDisplays"],
  Running: ["runStaleOnSave", "whenGone"],
  Saving: ["autosave", "saveOnRun", "formatOnSave"],
};

export interface Setting<Value = unknown> {
  title: string;
  /// What it does, as a sentence.
  description: string;
  default: Value;
  enum?: readonly Value[];
  minimum?: number;
  maximum?: number;
  /// What the values of `enum` are called in the page's dialog. Default: themselves, with a capital.
  names?: Readonly<Record<string, string>>;
}

const choice = <Value extends string>(
  title: string,
  description: string,
  ...values: [Value, ...Value[]]
): Setting<Value> & { enum: readonly Value[] } => ({
  title,
  description,
  enum: values,
  default: values[0],
});
const flag = (title: string, description: string, isOn: boolean): Setting<boolean> => ({
  title,
  description,
  default: isOn,
});

/// Where results stand when a script is opened, in every host.
const layout = choice(
  "Results",
  "Beside: in the margin, where they push each other and never part the code. Spaced: beside the code, with room between its lines, so that each stands at its statement. Below: under their statements, as in a narrow window.",
  "beside",
  "spaced",
  "below",
);

const foldResults = flag(
  "Fold results",
  "A result stands in one line until it is unfolded.",
  false,
);
const resultLines = {
  title: "Height of a result",
  description:
    "Lines; of what is higher the head stands there, and it can be shown whole. 0: a quarter of the window, for figures two fifths.",
  minimum: 0,
  maximum: 1000,
  default: 0,
};
const completeWhileTyping = flag(
  "Complete as you type",
  "Offers names, attributes, keys and files while you type them. Ctrl-Space and Tab offer them always.",
  true,
);
const diagnostics = flag(
  "Find errors as you type",
  "Underlines what does not parse, names that nothing binds, and what ruff finds.",
  true,
);
const stickyScope = flag(
  "Keep scopes in view",
  "The lines that begin the class and the function that one reads stay at the top of the code.",
  false,
);
const languageServer = {
  ...choice(
    "Language server",
    "What it knows of types joins completions, cards, definitions and findings, where the server has one: ty, pyrefly, basedpyright, pyright or pylsp, by jupyter-lsp.",
    "auto",
    "off",
  ),
  names: { auto: "If there is one", off: "None" },
} as const;
const formatOnSave = flag(
  "Format on save",
  "Formats the script by ruff when you save it, and not when it is saved by itself.",
  false,
);

const runStaleOnSave = flag(
  "Run stale on save",
  "Runs what is stale, in order, when you save the script, and not when it is saved by itself.",
  false,
);

const markStale = flag(
  "Mark stale results",
  "Dim a result, and mark it, when its statement is no longer the text that ran, or what it read is not what the text gives now.",
  true,
);

const heat = flag(
  "Show where time goes",
  "While a statement lasts for more than a second, the lines at which it spends its time are warm in the gutter.",
  true,
);

const keys = {
  ...choice(
    "Keys",
    "The habit that the keys follow. Every key can be changed by itself.",
    "jupyter",
    "vscode",
    "rstudio",
    "spyder",
  ),
  names: { jupyter: "Jupyter", vscode: "VS Code", rstudio: "RStudio", spyder: "Spyder" },
} as const;
const maxText = {
  title: "Text of a statement",
  description: "Characters that a statement may write before the middle of it is left out.",
  minimum: 1000,
  maximum: 16777216,
  default: 524288,
} as const;
const maxDisplays = {
  title: "Displays of a statement",
  description:
    "Figures and other displays that a statement may show before all but the last are left out.",
  minimum: 1,
  maximum: 100000,
  default: 1000,
} as const;

/// The user's preferences on the page: kept on the server, and in this browser. `preference` gives a value,
/// and `onPreferences` says when one has changed (page/storage.ts).
export const pageSettings = {
  theme: {
    ...choice("Theme", "Light, dark, or as the system has it.", "system", "light", "dark"),
    names: { system: "As the system" },
  },
  fontFamily: {
    title: "Font of the code",
    description: "A font that this computer has, as Fira Code. Empty: the system's.",
    default: "",
  },
  fontSize: {
    title: "Size of the code",
    description: "In pixels. Results follow it.",
    minimum: 8,
    maximum: 40,
    default: 13,
  },
  keys,
  vim: flag("Vim", "Edit as in Vim. :w saves, and the keys that run still run.", false),
  wrap: flag("Wrap", "Wrap long lines, or let them run on.", false),
  stickyScope,
  layout,
  foldResults,
  resultLines,
  markStale,
  heat,
  maxText,
  maxDisplays,
  whenGone: {
    ...choice(
      "When the server goes away",
      "Offer to run in this browser, run there, or wait for the server.",
      "ask",
      "always",
      "never",
    ),
    names: { ask: "Ask", always: "Run in this browser", never: "Wait for the server" },
  },
  autosave: flag(
    "Save by itself",
    "A moment after you stop typing, and when you leave the page. Never over a change made elsewhere.",
    true,
  ),
  saveOnRun: flag(
    "Save when running",
    "The run does not wait for it, and takes the text as it is here.",
    true,
  ),
  completeWhileTyping,
  diagnostics,
  languageServer,
  formatOnSave,
  runStaleOnSave,
} as const;

/// Settings of JupyterLab, in the order of its settings editor. Applied in lab/script.ts, but for
/// `openByDefault` (lab/opening.ts) and `runOnSave` (lab/index.ts).
export const labSettings = {
  layout,
  keys,
  stickyScope,
  openByDefault: flag(
    "Open Python files with rdit",
    "When a Python file is opened with a double click.",
    false,
  ),
  diagnostics,
  formatOnSave,
  runOnSave: flag("Run all on save", "Run the whole script whenever it is saved by hand.", false),
  runStaleOnSave,
  resetBeforeRunAll: flag(
    "Clear the namespace before Run All",
    "So that Run All gives what a new start of the script gives.",
    false,
  ),
  markStale,
  hover: flag(
    "Ask the kernel about names under the pointer",
    "Shows type and documentation. Nothing is evaluated but the name.",
    true,
  ),
  foldResults,
  resultLines,
  heat,
  maxText,
  maxDisplays,
};

/// The values of a table's settings.
export type ValuesOf<Table extends Record<string, Setting>> = {
  readonly [Name in keyof Table]: ValueOf<Table[Name]>;
};
type ValueOf<Row extends Setting> = Row extends { enum: readonly (infer Value)[] }
  ? Value
  : Row["default"] extends boolean
    ? boolean
    : Row["default"] extends number
      ? number
      : string;

/// Whether a value, from a file or another version, is one of the setting's.
export function isValueOf(row: Setting, value: unknown): boolean {
  if (row.enum) return row.enum.includes(value);
  if (typeof value !== typeof row.default) return false;
  return (
    typeof value !== "number" ||
    (Number.isInteger(value) && value >= row.minimum! && value <= row.maximum!)
  );
}
