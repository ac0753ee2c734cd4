// What writes the view of a grid in Python: its types, and expressions, literals and numbers as they are written. Pure.

import type { TableColumn } from "../../protocol";
import type { View } from "./view";

export type Column = Pick<TableColumn, "key" | "type" | "isNumber" | "literal">;

/// Null where it cannot be written.
export type Writer = (
  source: string,
  view: View,
  columnAt: (index: number) => Column | null,
  imports: string,
) => string | null;

export const isName = (source: string) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(source);

/// Whether a method can be called on it without parentheses: names, calls and items. What is inside of
/// brackets is anything.
export function isPrimary(source: string): boolean {
  let code = source.replace(/(["'])(?:\\.|(?!\1)[^\\])*\1/g, "");
  for (let before = ""; before !== code;) {
    before = code;
    code = code.replace(/(?<=[\p{L}\p{N}_.])(\([^()[\]{}]*\)|\[[^()[\]{}]*\])/gu, "_");
    code = code.replace(/(?<![\p{L}\p{N}_.)\]])[([{][^()[\]{}]*[)\]}]/gu, " ");
  }
  return /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(code);
}

/// A literal of Python. What is quoted inside, as names of SQL are, is not escaped if it need not be.
export const text = (value: string) =>
  /^[^'\\\p{Cc}]*"[^'\\\p{Cc}]*$/u.test(value) ? `'${value}'` : JSON.stringify(value);

/// A number that the kernel has read (`number_of` of `runtime/table_reader.py`), which reads more than literals.
export function numberOf(value: string): string {
  let number = value.trim().replaceAll("_", "");
  if (/^[+-]?\d{1,3}([,'\u2019 ]\d{3})+(\.\d*)?$/.test(number))
    number = number.replace(/[,'\u2019 ]/g, "");
  if (/^[+-]?\d+$/.test(number)) return number.replace(/^([+-]?)0+(?=\d)/, "$1");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(number) ? number : `float(${text(number)})`;
}
