// The sort and the filters of a grid as a line of Python: of pandas, polars, and DuckDB. Pure.

import type { TableColumn, TableFilter, TableSort } from "../../protocol";
import type { Table } from "../table";

export interface View {
  readonly sort: TableSort | null;
  readonly filters: readonly TableFilter[];
}

type Column = Pick<TableColumn, "key" | "type" | "isNumber">;

/// A line that gives the rows of the view, of what `source` is the code of; null if it cannot be
/// written: a column has no name in code, or all cells were searched. `imports`: the text of the
/// script, in which the name of the library is looked up.
export function asCode(
  table: Pick<Table, "kind" | "library">,
  source: string,
  view: View,
  columnAt: (index: number) => Column | null,
  imports = "",
): string | null {
  const expression = source.trim();
  if (!expression || (!view.sort && !view.filters.length)) return null;
  const write = writers[`${table.library}.${table.kind}`];
  return write?.(expression, view, columnAt, imports) ?? null;
}

type Writer = (
  source: string,
  view: View,
  columnAt: (index: number) => Column | null,
  imports: string,
) => string | null;

const isName = (source: string) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(source);
/// Whether a method can be called on it without parentheses: names, calls and items. What is inside of
/// brackets is anything.
function isPrimary(source: string): boolean {
  let code = source.replace(/(["'])(?:\\.|(?!\1)[^\\])*\1/g, "");
  for (let before = ""; before !== code;) {
    before = code;
    code = code.replace(/(?<=[\p{L}\p{N}_.])(\([^()[\]{}]*\)|\[[^()[\]{}]*\])/gu, "_");
    code = code.replace(/(?<![\p{L}\p{N}_.)\]])[([{][^()[\]{}]*[)\]}]/gu, " ");
  }
  return /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(code);
}
/// A literal of Python. What is quoted inside, as names of SQL are, is not escaped if it need not be.
const text = (value: string) =>
  /^[^'\\\p{Cc}]*"[^'\\\p{Cc}]*$/u.test(value) ? `'${value}'` : JSON.stringify(value);
const called = (names: string, imports: string, otherwise: string) =>
  new RegExp(`^\\s*import\\s+${names}\\s+as\\s+(\\w+)`, "m").exec(imports)?.[1] ?? otherwise;

/// A number that the kernel has read (`number_of` of `runtime/table_reader.py`), which reads more than literals.
function numberOf(value: string): string {
  const number = value.trim().replaceAll("_", "");
  if (/^[+-]?\d+$/.test(number)) return number.replace(/^([+-]?)0+(?=\d)/, "$1");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(number) ? number : `float(${text(number)})`;
}

/// The value of a filter in code.
function valueOf({ value = "" }: TableFilter, { type, isNumber }: Column): string {
  if (isNumber && value.trim()) return numberOf(value);
  if (/^bool/i.test(type)) return /^(true|1)$/i.test(value.trim()) ? "True" : "False";
  return text(value);
}

const compare = (operator: string) => (operator === "=" ? "==" : operator);

function pandasCondition(of: string, filter: TableFilter, column: Column): string {
  switch (filter.operator) {
    case "missing":
      return `${of}.isna()`;
    case "present":
      return `${of}.notna()`;
    case "contains": {
      const strings = /^(str|string|object)/.test(column.type) ? of : `${of}.astype(str)`;
      return `${strings}.str.contains(${text(filter.value ?? "")}, case=False, regex=False, na=False)`;
    }
    default:
      return `${of} ${compare(filter.operator)} ${valueOf(filter, column)}`;
  }
}

function pandas(isSeries: boolean): Writer {
  return (source, { sort, filters }, columnAt) => {
    let code = isPrimary(source) ? source : `(${source})`;
    if (filters.length) {
      // What is no name is computed once.
      const whole = isName(source) ? source : "d";
      const conditions: string[] = [];
      for (const filter of filters) {
        const column = filter.column == null ? null : columnAt(filter.column);
        if (!column || (!isSeries && !column.key)) return null;
        const of = isSeries ? whole : `${whole}[${column.key}]`;
        const condition = pandasCondition(of, filter, column);
        conditions.push(
          filters.length > 1 && / [=!<>]=? /.test(condition) ? `(${condition})` : condition,
        );
      }
      const all = conditions.join(" & ");
      code += isName(source) ? `[${all}]` : `.loc[lambda d: ${all}]`;
    }
    if (sort) {
      const column = columnAt(sort.column);
      if (!isSeries && !column?.key) return null;
      const options = [
        ...(isSeries ? [] : [column!.key]),
        ...(sort.descending ? ["ascending=False"] : []),
        'kind="stable"',
      ];
      code += `.sort_values(${options.join(", ")})`;
    }
    return code;
  };
}

function polars(isSeries: boolean): Writer {
  return (source, { sort, filters }, columnAt, imports) => {
    const pl = called("polars", imports, "polars");
    let code = isPrimary(source) ? source : `(${source})`;
    if (isSeries && filters.length) return null;
    const conditions: string[] = [];
    for (const filter of filters) {
      const column = filter.column == null ? null : columnAt(filter.column);
      if (!column?.key) return null;
      const of = `${pl}.col(${column.key})`;
      const { operator, value = "" } = filter;
      if (operator === "missing") conditions.push(`${of}.is_null()`);
      else if (operator === "present") conditions.push(`${of}.is_not_null()`);
      else if (operator === "contains")
        conditions.push(
          `${of}.cast(${pl}.String).str.to_lowercase().str.contains(${text(value.toLowerCase())}, literal=True)`,
        );
      else if (/^(date|time|duration)/i.test(column.type)) return null;
      else conditions.push(`${of} ${compare(operator)} ${valueOf(filter, column)}`);
    }
    if (conditions.length) code += `.filter(${conditions.join(", ")})`;
    if (sort) {
      const column = columnAt(sort.column);
      if (!isSeries && !column?.key) return null;
      const options = [
        ...(isSeries ? [] : [column!.key]),
        ...(sort.descending ? ["descending=True"] : []),
        "nulls_last=True",
      ];
      code += `.sort(${options.join(", ")})`;
    }
    return code;
  };
}

/// A literal of SQL, of a value that means there what it means to the grid; null of another.
function sqlValue({ value = "" }: TableFilter, { type, isNumber }: Column): string | null {
  const said = value.trim();
  const quoted = `'${value.replaceAll("'", "''")}'`;
  if (isNumber) {
    const number = numberOf(value);
    if (!number.startsWith("float(")) return number;
    return /^[+-]?inf(inity)?$/i.test(said) ? `'${said.toLowerCase()}'::DOUBLE` : null;
  }
  if (type === "BOOLEAN") return /^(true|1)$/i.test(said) ? "true" : "false";
  if (type === "TIME") return /^\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(said) ? `'${said}'` : null;
  if (/^(DATE|TIMESTAMP)/.test(type))
    return /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(said) ? `'${said}'` : null;
  return quoted;
}

/// A column in SQL, as what has the order and the equality of the grid's; null where nothing has.
function sqlColumn({ key, type, isNumber }: Column): string | null {
  if (!key) return null;
  if (isNumber || /^(VARCHAR|BOOLEAN|DATE|TIME|TIMESTAMP(_\w+| WITH TIME ZONE)?)$/.test(type))
    return key;
  return /^(UUID|JSON|ENUM\(.*\))$/s.test(type) ? `${key}::VARCHAR` : null;
}

function sqlCondition(filter: TableFilter, column: Column): string | null {
  if (filter.operator === "missing") return column.key ? `${column.key} IS NULL` : null;
  if (filter.operator === "present") return column.key ? `${column.key} IS NOT NULL` : null;
  const of = sqlColumn(column);
  if (filter.operator !== "contains") {
    const value = sqlValue(filter, column);
    return of && value && `${of} ${filter.operator} ${value}`;
  }
  // Numbers with a fraction and times are not written by DuckDB as by Arrow, which wrote the cells.
  if (!of || !/^(VARCHAR|U?\w*INT(EGER)?|BOOLEAN|DATE|UUID|JSON|ENUM\(.*)$/s.test(column.type))
    return null;
  const texts = column.type === "VARCHAR" || of !== column.key ? of : `${of}::VARCHAR`;
  // DuckDB lowers both: JavaScript has rules of its own, as for the last sigma of a word.
  return `contains(lower(${texts}), lower('${(filter.value ?? "").replaceAll("'", "''")}'))`;
}

/// Methods of a relation of DuckDB take SQL. `!=` is its operator too.
const duckdb: Writer = (source, { sort, filters }, columnAt) => {
  let code = isPrimary(source) ? source : `(${source})`;
  const conditions: string[] = [];
  for (const filter of filters) {
    const column = filter.column == null ? null : columnAt(filter.column);
    const condition = column && sqlCondition(filter, column);
    if (!condition) return null;
    conditions.push(condition);
  }
  if (conditions.length) code += `.filter(${text(conditions.join(" AND "))})`;
  if (sort) {
    const column = columnAt(sort.column);
    const of = column && sqlColumn(column);
    if (!of) return null;
    code += `.order(${text(`${of}${sort.descending ? " DESC" : ""} NULLS LAST`)})`;
  }
  return code;
};

const writers: Record<string, Writer> = {
  "pandas.DataFrame": pandas(false),
  "pandas.Series": pandas(true),
  "polars.DataFrame": polars(false),
  "polars.Series": polars(true),
  "duckdb.DuckDBPyRelation": duckdb,
};
