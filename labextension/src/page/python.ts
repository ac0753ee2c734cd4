// Lazy chunk: the Python parser, fetched in parallel with the script. Until it is loaded the page
// works without highlighting.
import { pythonLanguage } from "@codemirror/lang-python";

/// Only the language, without lang-python's completions, which would add the autocompletion module.
export const python = pythonLanguage;
