// The sort and the filters of a grid as a line of Python: of pandas and polars; of DuckDB: sql_code.ts. Pure.

import type { TableFilter } from "../../protocol";
import type { Table } from "../table";
import { isName, isPrimary, numberOf, text, type Column, type Writer } from "./python_text";
import { duckdb } from "./sql_code";
import type { View } from "./view";

const called = (names: string, imports: string, otherwise: string) =>
  new RegExp(`^\\s*import\\s+${names}\\s+as\\s+(\\w+)`, "m").exec(imports)?.[1] ?? otherwise;

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

/// The value of a filter in code; null where no literal has the meaning that it has to the grid.
function valueOf({ value = "" }: TableFilter, { literal }: Column): string | null {
  if (literal === "number") return numberOf(value);
  if (literal === "flag") return /^(true|1)$/i.test(value.trim()) ? "True" : "False";
  return literal === "text" ? text(value) : null;
}

const compare = (operator: string) => (operator === "=" ? "==" : operator);

/// Types whose missing values are unequal to nothing.
const knowsMissing = /^(u?int|bool|Int|UInt|Float|boolean|string)|\[pyarrow\]$/;

function pandasConditions(of: string, filter: TableFilter, column: Column): string[] | null {
  const { operator, value = "" } = filter;
  switch (operator) {
    case "missing":
      return [`${of}.isna()`];
    case "present":
      return [`${of}.notna()`];
    case "contains": {
      // Of numbers of two parts, and of objects, the cells say it in other words than `str`.
      if (!column.literal || /^complex/.test(column.type)) return null;
      const isText = /^(str|string|large_string|object)/.test(column.type);
      if (column.type === "object" && column.literal !== "text") return null;
      const strings = isText ? of : `${of}.astype(str)`;
      return [`${strings}.str.contains(${text(value)}, case=False, regex=False, na=False)`];
    }
    default: {
      const literal = valueOf(filter, column);
      if (literal === null) return null;
      const condition = `${of} ${compare(operator)} ${literal}`;
      const isUnequal = operator === "!=" && !knowsMissing.test(column.type);
      return isUnequal ? [condition, `${of}.notna()`] : [condition];
    }
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
        const made = pandasConditions(of, filter, column);
        if (!made) return null;
        conditions.push(...made);
      }
      const all = conditions
        .map(each => (conditions.length > 1 && / [=!<>]=? /.test(each) ? `(${each})` : each))
        .join(" & ");
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
      else if (!column.literal) return null;
      else if (operator === "contains")
        conditions.push(
          `${of}.cast(${pl}.String).str.to_lowercase().str.contains(${text(value.toLowerCase())}, literal=True)`,
        );
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

const writers: Record<string, Writer> = {
  "pandas.DataFrame": pandas(false),
  "pandas.Series": pandas(true),
  "polars.DataFrame": polars(false),
  "polars.Series": polars(true),
  "duckdb.DuckDBPyRelation": duckdb,
};
