// Lazy chunk: what JupyterLab's search bar asks in a script. In the code the matches are listed, marked and replaced by
// JupyterLab's search of its file editor; what is found in results, and the order of all, is `find.ts`.

import {
  GenericSearchProvider,
  type IFilters,
  type IReplaceOptions,
} from "@jupyterlab/documentsearch";
import { FileEditorSearchProvider } from "@jupyterlab/fileeditor";
import type { TranslationBundle } from "@jupyterlab/translation";
import type { Match } from "../editor/result_search";
import type { RditDocument } from "./document";
import type { ScriptFind } from "./find";

type Options = Parameters<FileEditorSearchProvider["highlightNext"]>[1];

/// The search provider of a script whose editor is connected.
export class ScriptSearchProvider extends FileEditorSearchProvider {
  constructor(
    private readonly document: RditDocument,
    private readonly found: ScriptFind,
    private readonly trans: TranslationBundle,
  ) {
    super(document);
    found.onChange = () => this._stateChanged.emit();
  }

  getFilters() {
    const { trans } = this;
    return {
      results: {
        title: trans.__("Search in Results"),
        description: trans.__("Find what results say too, folded or out of view."),
        default: false,
        supportReplace: true,
      },
    };
  }

  override getInitialQuery(): string {
    this.found.open(this.document.content);
    return super.getInitialQuery();
  }

  /// In the reading view nothing can be replaced: JupyterLab hides what would.
  override get isReadOnly(): boolean {
    return super.isReadOnly || this.found.isCodeHidden;
  }

  override get matchesCount(): number {
    return this.found.isOn ? this.found.count : super.matchesCount;
  }

  override get currentMatchIndex(): number | null {
    return this.found.isOn ? this.found.currentIndex : super.currentMatchIndex;
  }

  override async startQuery(query: RegExp, filters: IFilters | undefined): Promise<void> {
    await super.startQuery(query, filters);
    const code = () =>
      this.cmHandler.matches.map(({ position, text }) => ({
        from: position,
        to: position + text.length,
      }));
    await this.markInCode(this.found.start(query, Boolean(filters?.results), code));
  }

  override endQuery(): Promise<void> {
    this.found.end();
    return super.endQuery();
  }

  // With options it is the inherited code that calls these.
  override async highlightNext(loop?: boolean, options?: Options) {
    return options ? super.highlightNext(loop, options) : this.go(1);
  }

  override async highlightPrevious(loop?: boolean, options?: Options) {
    return options ? super.highlightPrevious(loop, options) : this.go(-1);
  }

  override async replaceCurrentMatch(
    text: string,
    loop?: boolean,
    options?: IReplaceOptions,
  ): Promise<boolean> {
    const isDone =
      this.currentIndex !== null && (await super.replaceCurrentMatch(text, loop, options));
    const next = isDone ? this.getCurrentMatch() : undefined;
    if (next) {
      const { position: from, text } = next;
      const match = { from, to: from + text.length, at: from, result: null };
      this.found.goTo(match);
      await this.markInCode(match);
    } else await this.markInCode(this.found.step(1, true));
    return isDone;
  }

  // The inherited code sets all of the text anew, and with the text of a statement its result goes.
  override async replaceAllMatches(text: string, options?: IReplaceOptions): Promise<boolean> {
    const { matches } = this.cmHandler;
    if (!this.query || !matches.length || this.isReadOnly) return false;
    const changes = matches.map(({ position: from, text: found }) => {
      const insert = options?.regularExpression ? found.replace(this.query!, text) : text;
      const { preserveCase } = GenericSearchProvider;
      return {
        from,
        to: from + found.length,
        insert: options?.preserveCase ? preserveCase(found, insert) : insert,
      };
    });
    this.cmHandler.matches = [];
    this.currentIndex = null;
    this.editor.editor.dispatch({ changes, userEvent: "input.replace.all" });
    return true;
  }

  private async go(by: 1 | -1) {
    await this.markInCode(this.found.step(by));
    return this.getCurrentMatch();
  }

  /// Marks a match as the current one, if it is in the code.
  private async markInCode(match: Match | null): Promise<void> {
    await this.clearHighlight();
    if (!match || match.result) return;
    const isBefore = match.from < this.editor.state.selection.main.from;
    await super.highlightNext(true, {
      from: isBefore ? "start" : "selection-start",
      select: false,
      scroll: false,
    });
  }
}
