// The sort and the filters of a grid as SQL, in the methods of a relation of DuckDB. Pure.

import type { TableFilter } from "../../protocol";
import { isPrimary, numberOf, text, type Column, type Writer } from "./python_text";

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

/// A column in SQL, as what has the order and the equality of the grid's; null where nothing has. Texts are compared
/// byte by byte: a column, or the connection, may have another collation, which the type of a column does not tell.
function sqlColumn({ key, type, isNumber }: Column): string | null {
  if (!key) return null;
  if (isNumber || /^(BOOLEAN|DATE|TIME|TIMESTAMP(_\w+| WITH TIME ZONE)?)$/.test(type)) return key;
  if (type === "VARCHAR") return `${key} COLLATE C`;
  return /^(UUID|JSON|ENUM\(.*\))$/s.test(type) ? `${key}::VARCHAR COLLATE C` : null;
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
export const duckdb: Writer = (source, { sort, filters }, columnAt) => {
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
