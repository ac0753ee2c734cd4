// What ruff would find, made up: so many findings, spread over the script.
import type { Ruff } from "../../../labextension/src/editor";
import type { Finding } from "../../../labextension/src/protocol";

export const madeUp = (count: number): Ruff => ({
  lint: async script => {
    const lines = script.split("\n");
    const step = lines.length / count;
    const findings = Array.from({ length: count }, (_, n): Finding => {
      const line = Math.floor(n * step) + 1;
      const columnEnd = Math.max(1, Math.min(8, lines[line - 1]!.length));
      const where = { lineStart: line, columnStart: 0, lineEnd: line, columnEnd };
      return { ...where, code: "F632", message: `Finding ${n}` };
    });
    return { findings, tool: "made up" };
  },
  format: async script => ({ script }),
});
