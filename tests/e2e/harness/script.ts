// A long script and results for it, always the same.
import type { Event, Output, PlannedStatement } from "../../../labextension/src/protocol";

export const linesPerStatement = 5;

/// A script of `lines` lines: a statement of four lines and an empty one, again and again.
export function script(lines: number, long = false): string {
  const text: string[] = [];
  for (let i = 0; text.length < lines; i++) {
    const tail = long && i % 7 === 0 ? `, note="${"a long argument ".repeat(12)}"` : "";
    text.push(
      `total_${i} = summarise(`,
      `    load("data_${i}.csv")${tail},`,
      `    by="city",`,
      `)`,
      ``,
    );
  }
  return text.slice(0, lines).join("\n");
}

/// A script of `lines` lines in which as much is to be known as may be: sections, functions, names.
export function definitions(lines: number): string {
  const text: string[] = [];
  for (let i = 0; text.length < lines; i++)
    text.push(
      `# %% Part ${i}`,
      `def function_${i}(first, second=${i}):`,
      `    total = 0`,
      `    for item in first:`,
      `        total += item * second + function_${Math.max(0, i - 1)}(first)`,
      `    return total`,
      ``,
      `value_${i} = function_${i}([1, 2, 3])`,
    );
  return text.slice(0, lines).join("\n");
}

/// Statement number `i` of the script.
export function statement(text: readonly string[], i: number): PlannedStatement {
  const first = i * linesPerStatement;
  return {
    nodeIndex: i,
    lineStart: first + 1,
    lineEnd: first + 4,
    isExpr: true,
    source: text.slice(first, first + 4).join("\n"),
  };
}

/// What statement `i` puts out: six in ten text, three tables, one image.
export function output(i: number): Output {
  const kind = i % 10;
  if (kind < 6) {
    const text = Array.from({ length: 1 + ((i * 7) % 9) }, (_, n) => `row ${n} of statement ${i}`);
    return { type: "stdout", text: text.join("\n") + "\n" };
  }
  if (kind < 9) {
    const rows = 6 + ((i * 5) % 12);
    return {
      type: "result",
      text: `${rows} rows\n`,
      data: { "text/plain": `${rows} rows`, "text/html": table(rows) },
      metadata: {},
    };
  }
  return {
    type: "display",
    text: "<Figure>\n",
    data: { "text/plain": "<Figure>", "image/svg+xml": picture(320, 200, i) },
    metadata: { width: 320, height: 200 },
  };
}

/// A run of `count` statements from number `first` on.
export function runOf(script: string, run: string, first: number, count: number): Event[] {
  const text = script.split("\n");
  const numbers = Array.from({ length: count }, (_, n) => first + n);
  return [
    { type: "plan", run, statements: numbers.map(i => statement(text, i)) },
    ...numbers.flatMap((i): Event[] => [
      { type: "status", run, nodeIndex: i, status: "running" },
      { type: "output", run, nodeIndex: i, output: output(i) },
      { type: "status", run, nodeIndex: i, status: "ok", elapsed: 0.001 },
    ]),
    { type: "done", run, status: "ok", elapsed: 1 },
  ];
}

export function table(rows: number, after = ""): string {
  const cities = ["Oslo", "Lima", "Quito", "Kyoto", "Accra", "Turin"];
  const head = ["", "city", "n", "mean", "share"].map(name => `<th>${name}</th>`).join("");
  const body = Array.from({ length: rows }, (_, n) => {
    const cells = [cities[n % 6], 100 + n * 37, (n * 3.71).toFixed(2), (1 / (n + 1)).toFixed(3)];
    return `<tr><th>${n}</th>${cells.map(cell => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return `<div><style scoped>.dataframe tbody tr th { vertical-align: top; }</style><table border="1" class="dataframe"><thead><tr style="text-align: right;">${head}</tr></thead><tbody>${body.join("")}</tbody></table>${after}</div>`;
}

export function picture(width: number, height: number, seed: number): string {
  const points = Array.from(
    { length: 40 },
    (_, n) => `${(n * width) / 39},${height / 2 + (Math.sin(n / 3 + seed) * height) / 3}`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fff"/><polyline points="${points.join(" ")}" fill="none" stroke="#2a56bd" stroke-width="2"/></svg>`;
}
