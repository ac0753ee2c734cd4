// Ruff on the server: the one of the script's project, by its rules.
import type { FormatAnswer, FormatBody, LineRange, LintAnswer, LintBody } from "../../protocol";

/// Posts this body to an address of the API and resolves with the answer. Rejects with an `Error` that
/// has the server's message, and its `status` if it has answered.
export type Post = (
  path: "lint" | "format",
  body: LintBody | FormatBody,
  signal?: AbortSignal,
) => Promise<unknown>;

/// The ruff of a server. Of its questions with a signal only the newest is answered.
export class ServerRuff {
  private readonly viewer = Math.random().toString(36).slice(2);

  constructor(
    private readonly post: Post,
    /// The Contents path of the script, now.
    private readonly path: () => string,
  ) {}

  async lint(script: string, signal?: AbortSignal): Promise<LintAnswer> {
    const body = { script, path: this.path(), ...(signal && { viewer: this.viewer }) };
    return (await this.post("lint", body, signal)) as LintAnswer;
  }

  async format(script: string, lineRange?: LineRange): Promise<FormatAnswer> {
    const body = { script, path: this.path(), ...(lineRange && { lineRange }) };
    return (await this.post("format", body)) as FormatAnswer;
  }
}
