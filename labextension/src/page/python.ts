// Python as the editor reads it: a chunk of its own, fetched beside the script. Until it is here the page
// works, without colours.
import { pythonLanguage } from "@codemirror/lang-python";

/// Only the language: its completions would bring the completion popup with them.
export const python = pythonLanguage;
