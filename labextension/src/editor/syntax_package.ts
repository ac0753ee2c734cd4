// Gives the editor `@codemirror/language`, for hosts that have loaded it.

import { ensureSyntaxTree, foldedRanges, syntaxTree } from "@codemirror/language";
import { syntaxPackage } from "./syntax";

/// The extension.
export const withSyntax = syntaxPackage.of({ ensureSyntaxTree, foldedRanges, syntaxTree });
