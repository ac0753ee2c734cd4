// The document widget: JupyterLab's FileEditor with rdit's extensions in it, so that the shared
// model, completer, search, language servers, themes and editor settings work as there.

import { CodeMirrorEditor } from "@jupyterlab/codemirror";
import type { IEditorServices } from "@jupyterlab/codeeditor";
import { ABCWidgetFactory, type DocumentRegistry } from "@jupyterlab/docregistry";
import { FileEditor, FileEditorWidget } from "@jupyterlab/fileeditor";
import { rditIcon } from "./icons";
import { Script, type Surroundings } from "./script";

export class RditDocument extends FileEditorWidget {
  constructor(
    content: FileEditor,
    context: DocumentRegistry.CodeContext,
    readonly script: Script,
  ) {
    super({ content, context });
    this.addClass("rdit-Document");
    this.title.icon = rditIcon;
    content.title.icon = rditIcon;
    this.node.dataset.backend = "server";
    script.changed.connect(() => {
      this.node.dataset.path = script.path;
      this.node.dataset.state = script.session.state;
      this.node.dataset.connection = script.connection.state;
      this.node.dataset.layout = script.wantedLayout;
    });
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.script.dispose();
    super.dispose();
  }
}

export class RditFactory extends ABCWidgetFactory<RditDocument, DocumentRegistry.ICodeModel> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<RditDocument>,
    private readonly editors: IEditorServices,
    private readonly around: Surroundings,
    private readonly editorFactory: Partial<DocumentRegistry.WidgetFactory> | null,
  ) {
    super(options);
  }

  /// The content provider of JupyterLab's own editor factory, so that scripts are collaborative
  /// where its documents are. The collaboration extension sets it there, possibly after this
  /// factory was made.
  override get contentProviderId(): string | undefined {
    return this.editorFactory?.contentProviderId;
  }

  override set contentProviderId(_: string | undefined) {
    // Ignored: only the other factory's value counts.
  }

  protected override createNewWidget(context: DocumentRegistry.CodeContext): RditDocument {
    const script = new Script(context, this.around);
    const content = new FileEditor({
      context,
      mimeTypeService: this.editors.mimeTypeService,
      factory: options =>
        this.editors.factoryService.newDocumentEditor({
          ...options,
          extensions: [...(options.extensions ?? []), script.extension],
        }),
    });
    content.addClass("rdit-FileEditor");
    const document = new RditDocument(content, context, script);
    if (content.editor instanceof CodeMirrorEditor) void script.attach(content.editor.editor);
    return document;
  }
}
