// JupyterLab's search bar in a script: which provider it asks.

import type { ISearchProviderFactory } from "@jupyterlab/documentsearch";
import { FileEditorSearchProvider, type FileEditorPanel } from "@jupyterlab/fileeditor";
import type { Widget } from "@lumino/widgets";
import { RditDocument } from "./document";

/// The key of the file editor's factory in JupyterLab's registry. Ours takes its place: scripts are file editors too, and of
/// factories that know a widget the first is asked, which that one is.
export const FILE_EDITOR_SEARCH = "jp-fileeditorSearchProvider";

/// Knows scripts as soon as their editors are connected: the search bar keeps what it got first. Add it again when one is, for
/// then JupyterLab asks anew which widgets can be searched.
export const searchFactory: ISearchProviderFactory = {
  isApplicable: (widget): widget is Widget =>
    FileEditorSearchProvider.isApplicable(widget) &&
    !(widget instanceof RditDocument && !widget.script.find),
  createNew: widget =>
    widget instanceof RditDocument
      ? widget.script.newSearch(widget)
      : FileEditorSearchProvider.createNew(widget as FileEditorPanel),
};
