// Syntax highlighting of the page, with JupyterLab's CSS variables, which style/variables.css
// defines.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { tags as t } from "@lezer/highlight";

const color = (name: string) => `var(--jp-mirror-editor-${name}-color)`;

/// Maps tokens to colours as JupyterLab's editor does.
export const highlighting = syntaxHighlighting(
  HighlightStyle.define([
    { tag: t.meta, color: color("meta") },
    { tag: [t.keyword, t.controlKeyword, t.operatorKeyword], color: color("keyword") },
    { tag: [t.definitionKeyword, t.moduleKeyword, t.modifier], color: color("keyword") },
    { tag: [t.atom, t.bool, t.null], color: color("atom") },
    { tag: [t.number, t.integer, t.float], color: color("number") },
    { tag: [t.string, t.special(t.string), t.character], color: color("string") },
    { tag: t.escape, color: color("string-2") },
    { tag: t.comment, color: color("comment"), fontStyle: "italic" },
    { tag: [t.operator, t.derefOperator, t.updateOperator], color: color("operator") },
    { tag: [t.punctuation, t.paren, t.bracket, t.separator], color: color("punctuation") },
    { tag: t.definition(t.variableName), color: color("def") },
    {
      tag: [t.function(t.definition(t.variableName)), t.definition(t.className), t.className],
      color: color("def"),
    },
    { tag: t.function(t.variableName), color: color("function") },
    { tag: [t.self, t.standard(t.variableName)], color: color("builtin") },
    { tag: t.propertyName, color: color("property") },
    { tag: t.variableName, color: color("variable") },
    { tag: t.invalid, color: color("error") },
  ]),
);
