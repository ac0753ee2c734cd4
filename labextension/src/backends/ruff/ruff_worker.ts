// The worker: ruff as WebAssembly. One question at a time, in the order they come.
import { initSync, PositionEncoding, Workspace, type Diagnostic } from "@astral-sh/ruff-wasm-web";
import type { Finding, FormatAnswer, LintAnswer } from "../../protocol";
import { unpacked } from "../packed";
import type { FromRuff, ToRuff } from "./messages";

// As in rdit_ext/documents/ruff.py, to which a test holds them.
const OPTIONS = {
  "target-version": "py314",
  lint: {
    select: ["E9", "F", "E711", "E712", "E713", "E714", "E721", "E722", "W605", "B006", "PLE"],
    ignore: ["F704", "PLE1142"],
  },
};
// It does not say which fixes are safe. Of these rules they are, as their pages say.
const SAFE = new Set(["E713", "E714", "F401", "F541", "F632", "F901", "W605"]);
const MOST_FINDINGS = 1000;

const post = (message: FromRuff) => self.postMessage(message);

let ruff: Promise<Workspace>;

self.onmessage = ({ data: message }: MessageEvent<ToRuff>) => {
  if (message.type === "start") {
    ruff = start(message.module);
    ruff.catch((error: unknown) => post({ type: "failed", reason: reasonOf(error) }));
  } else void answer(message);
};

async function start(packed: Blob): Promise<Workspace> {
  const module = await unpacked(packed, "application/wasm");
  initSync({ module: await WebAssembly.compile(await module.arrayBuffer()) });
  return new Workspace(OPTIONS, PositionEncoding.Utf32);
}

async function answer({ type, id, script }: Extract<ToRuff, { id: number }>) {
  try {
    const workspace = await ruff;
    const answer = type === "lint" ? lint(workspace, script) : format(workspace, script);
    post({ type: "answer", id, answer });
  } catch (error) {
    post({ type: "answer", id, reason: reasonOf(error) });
  }
}

function lint(workspace: Workspace, script: string): LintAnswer {
  const found = workspace.check(script) as Diagnostic[];
  found.sort(
    ({ start_location: a }, { start_location: b }) => a.row - b.row || a.column - b.column,
  );
  const omitted = Math.max(0, found.length - MOST_FINDINGS);
  return {
    findings: found.slice(0, MOST_FINDINGS).map(findingOf),
    tool: `ruff ${Workspace.version()}`,
    ...(omitted && { omitted }),
  };
}

function findingOf({ code, message, start_location, end_location, fix }: Diagnostic): Finding {
  const rule = code === "invalid-syntax" ? "" : (code ?? "");
  return {
    message,
    lineStart: start_location.row,
    columnStart: start_location.column - 1,
    lineEnd: end_location.row,
    columnEnd: end_location.column - 1,
    ...(rule && { code: rule, url: `https://docs.astral.sh/ruff/rules/${rule}` }),
    ...(fix && {
      fix: {
        title: fix.message ?? "Fix",
        ...(SAFE.has(rule) && { isSafe: true }),
        edits: fix.edits.map(({ location, end_location, content }) => ({
          lineStart: location.row,
          columnStart: location.column - 1,
          lineEnd: end_location.row,
          columnEnd: end_location.column - 1,
          ...(content && { text: content }),
        })),
      },
    }),
  };
}

function format(workspace: Workspace, script: string): FormatAnswer {
  try {
    return { script: workspace.format(script) };
  } catch (error) {
    const found = (workspace.check(script) as Diagnostic[])
      .map(findingOf)
      .find(({ code }) => !code);
    if (!found) throw error;
    return { error: found };
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
