// What the editor knows of the script's names, for both hosts. Completion is the page's own, and not here:
// JupyterLab has a completer.

import type { Extension } from "@codemirror/state";
import { definition } from "./definition";
import { hover } from "./hover";
import { references } from "./references";
import { renaming } from "./rename";
import { signatureHelp } from "./signature";

export const language: Extension = [hover, signatureHelp(), definition(), references(), renaming()];
