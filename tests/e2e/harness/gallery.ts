// One of everything, to look at.
import type { Event, Output, PlannedStatement, Status } from "../../../labextension/src/protocol";
import { picture, table } from "./script";

interface Step {
  source: string;
  outputs?: Output[];
  status?: Status;
  more?: (run: string, nodeIndex: number) => Event[];
}

const result = (text: string, data: Record<string, unknown> = {}): Output => ({
  type: "result",
  text: `${text}\n`,
  data: { "text/plain": text, ...data },
  metadata: {},
});
const stdout = (text: string): Output => ({ type: "stdout", text });

const prose = `"""
# Weather of three cities

A script is prose too: a string alone on its lines is shown as *markdown*, with \`code\`, lists

- of one
- of two

and a [link](https://jupyter.org).
"""`;

const steps: Step[] = [
  {
    source: prose,
    outputs: [result("'…'", { "text/markdown": prose.slice(4, -4) })],
  },
  { source: "import pandas as pd" },
  { source: "2 + 2", outputs: [result("4")] },
  { source: "x = 10; x", outputs: [result("10")] },
  {
    source: 'for city in ("Oslo", "Lima", "Quito"):\n    print(f"{city:8}", len(city))',
    outputs: [stdout("Oslo     4\nLima     4\nQuito    5\n")],
  },
  {
    source: "cities = pd.read_csv('cities.csv')\ncities",
    outputs: [],
  },
  {
    source: "cities.head(8)",
    outputs: [result("8 rows x 5 columns", { "text/html": table(8, "<p>8 rows × 5 columns</p>") })],
  },
  {
    source: "np.arange(400).reshape(40, 10)",
    outputs: [
      result(
        Array.from({ length: 40 }, (_, row) =>
          Array.from({ length: 10 }, (_, n) => String(row * 10 + n).padStart(4)).join(""),
        ).join("\n"),
      ),
    ],
  },
  {
    source: 'plt.plot(hours, warmth)\nplt.title("A warm day")',
    outputs: [
      {
        type: "display",
        text: "<Figure size 640x480>\n",
        data: { "text/plain": "<Figure size 640x480>", "image/svg+xml": picture(460, 260, 1) },
        metadata: { width: 460, height: 260 },
      },
    ],
  },
  {
    source: 'print("\\033[32mpassed\\033[0m 12, \\033[1;31mfailed\\033[0m 1")',
    outputs: [
      stdout("\x1b[32mpassed\x1b[0m 12, \x1b[1;31mfailed\x1b[0m 1\n"),
      { type: "stderr", text: "DeprecationWarning: use total() instead\n" },
    ],
  },
  {
    source: "config",
    outputs: [
      result("<JSON>", { "application/json": { name: "rdit", kernels: [1, 2], fast: true } }),
    ],
  },
  {
    source: 'print("x" * 4_000_000)',
    outputs: [stdout("xxxxxxxxxxxxxxxxxxxxxxx\n")],
    more: (run, nodeIndex) => [
      { type: "truncated", run, nodeIndex, bytes: 1_234_567 },
      { type: "output", run, nodeIndex, output: stdout("xxxxxxxxxxxxxxxxxxxxxxx\n") },
    ],
  },
  {
    source: "fig = scatter(cities)\nfig",
    outputs: [
      result("Figure()", {
        "text/html":
          '<div id="plot" style="height:120px;border:1px solid #88a;padding:8px"></div><script>document.getElementById("plot").textContent = "drawn by a script, in a frame of its own"</script>',
      }),
    ],
  },
  {
    source: "styled = cities.style.highlight_max()\nstyled",
    outputs: [
      result("Styler", {
        "text/html":
          '<style type="text/css">#T_1 .max{background:#ffe08a;color:#222}</style><table id="T_1"><thead><tr><th></th><th>n</th><th>mean</th></tr></thead><tbody><tr><th>Oslo</th><td>100</td><td class="max">7.42</td></tr><tr><th>Lima</th><td class="max">137</td><td>3.71</td></tr></tbody></table>',
      }),
    ],
  },
  {
    source: "def mean(values):\n    return sum(values) / len(values)",
  },
  {
    source: "mean([])",
    status: "error",
    outputs: [
      {
        type: "error",
        name: "ZeroDivisionError",
        message: "division by zero",
        text: 'Traceback (most recent call last):\n  File "/home/ada/weather.py", line 52, in <module>\n    mean([])\n    ~~~~^^^^\n  File "/home/ada/weather.py", line 50, in mean\n    return sum(values) / len(values)\n           ~~~~~~~~~~~~^~~~~~~~~~~~~\nZeroDivisionError: division by zero\n',
        frames: [
          { path: "/home/ada/weather.py", line: 52, name: "<module>", source: "mean([])" },
          {
            path: "/home/ada/weather.py",
            line: 50,
            name: "mean",
            source: "return sum(values) / len(values)",
          },
        ],
        line: 50,
      },
    ],
  },
  {
    source: 'cities["wether"]',
    status: "error",
    outputs: [
      {
        type: "error",
        name: "KeyError",
        message: "'wether'",
        text:
          'Traceback (most recent call last):\n  File "/home/ada/weather.py", line 54, in <module>\n    cities["wether"]\n' +
          Array.from(
            { length: 6 },
            (_, n) =>
              `  File "/usr/lib/python3.11/site-packages/pandas/core/indexes/base.py", line ${3800 + n}, in get_loc_${n}\n    return self._engine.get_loc(casted_key)\n`,
          ).join("") +
          "KeyError: 'wether'\n",
        frames: [
          { path: "/home/ada/weather.py", line: 54, name: "<module>", source: 'cities["wether"]' },
          ...Array.from({ length: 6 }, (_, n) => ({
            path: "/usr/lib/python3.11/site-packages/pandas/core/indexes/base.py",
            line: 3800 + n,
            name: `get_loc_${n}`,
            source: "return self._engine.get_loc(casted_key)",
          })),
        ],
        line: 54,
      },
    ],
  },
  {
    source: "time.sleep(3600)",
    status: "interrupted",
  },
  {
    source: 'name = input("Your name? ")',
    status: "running",
    more: (run, nodeIndex) => [{ type: "input", run, nodeIndex, prompt: "Your name? " }],
  },
  {
    source: "for epoch in range(100):\n    train(epoch)",
    status: "running",
    outputs: [stdout("epoch 1\nepoch 2\n")],
  },
  { source: "evaluate(model)", status: "queued" },
  { source: "report(model)", status: "cancelled" },
];

/// The script, and the events of its run.
export function gallery(): { script: string; events: Event[] } {
  const run = "gallery";
  const lines: string[] = [];
  const statements: PlannedStatement[] = [];
  steps.forEach(({ source }, nodeIndex) => {
    const parts = source.split("\n");
    statements.push({
      nodeIndex,
      lineStart: lines.length + 1,
      lineEnd: lines.length + parts.length,
      isExpr: true,
      source,
    });
    lines.push(...parts, ...(nodeIndex === 2 ? [] : [""]));
  });
  const events: Event[] = [{ type: "plan", run, statements }];
  steps.forEach(({ outputs = [], status = "ok", more }, nodeIndex) => {
    if (status !== "queued" && status !== "cancelled")
      events.push({ type: "status", run, nodeIndex, status: "running" });
    for (const output of outputs) events.push({ type: "output", run, nodeIndex, output });
    events.push(...(more?.(run, nodeIndex) ?? []));
    if (status !== "running" && status !== "queued")
      events.push({ type: "status", run, nodeIndex, status, elapsed: 0.012 });
  });
  return { script: lines.join("\n"), events };
}
