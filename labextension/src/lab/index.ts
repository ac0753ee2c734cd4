// The JupyterLab plugin: a document widget for Python scripts, with the same editor, results and
// backend as the page at /rdit.

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import {
  createToolbarFactory,
  ICommandPalette,
  IKernelStatusModel,
  ISessionContextDialogs,
  IToolbarWidgetRegistry,
  Notification,
  Toolbar,
  WidgetTracker,
  type ISessionContext,
  type IWidgetTracker,
} from "@jupyterlab/apputils";
import { PageConfig } from "@jupyterlab/coreutils";
import { IEditorServices } from "@jupyterlab/codeeditor";
import { ICompletionProviderManager } from "@jupyterlab/completer";
import type { DocumentRegistry } from "@jupyterlab/docregistry";
import { ISearchProviderRegistry } from "@jupyterlab/documentsearch";
import { IDefaultFileBrowser } from "@jupyterlab/filebrowser";
import { FileEditor, IEditorTracker, IEditorWidgetFactory } from "@jupyterlab/fileeditor";
import { ILauncher } from "@jupyterlab/launcher";
import { IMainMenu } from "@jupyterlab/mainmenu";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { IRunningSessionManagers } from "@jupyterlab/running";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { IStateDB } from "@jupyterlab/statedb";
import { ITableOfContentsTracker } from "@jupyterlab/toc";
import { ITranslator, nullTranslator } from "@jupyterlab/translation";
import type { Widget } from "@lumino/widgets";
import { addAppCommand } from "./app_command";
import { addCommands } from "./commands";
import { KernelCompletions } from "./completion";
import { addConversions } from "./conversions";
import { RditDocument, RditFactory } from "./document";
import { FACTORY, PLUGIN } from "./ids";
import { addRunning } from "./running";
import { addFactory, track } from "./opening";
import { FILE_EDITOR_SEARCH, searchFactory } from "./searching";
import { defaultDialogs, type Surroundings } from "./script";
import { Server } from "./server";
import { SettingsModel } from "./settings";
import { addHeadings } from "./toc";
import { addVariables } from "./variables";

const EDITOR_PLUGIN = "@jupyterlab/fileeditor-extension:plugin";

const scripts: JupyterFrontEndPlugin<IWidgetTracker<RditDocument>> = {
  id: PLUGIN,
  description: "Opens Python scripts with every statement's result beside it.",
  autoStart: true,
  requires: [IEditorServices, IRenderMimeRegistry, ISettingRegistry, IToolbarWidgetRegistry],
  optional: [
    IEditorTracker,
    IEditorWidgetFactory,
    ITranslator,
    ISessionContextDialogs,
    ILayoutRestorer,
    ICommandPalette,
    ILauncher,
    IMainMenu,
    IDefaultFileBrowser,
    IRunningSessionManagers,
    ITableOfContentsTracker,
    ICompletionProviderManager,
    IKernelStatusModel,
    IStateDB,
    ISearchProviderRegistry,
  ],
  activate: async (
    app: JupyterFrontEnd,
    editors: IEditorServices,
    rendermime: IRenderMimeRegistry,
    registry: ISettingRegistry,
    toolbars: IToolbarWidgetRegistry,
    editorTracker: IEditorTracker | null,
    editorFactory: Partial<DocumentRegistry.WidgetFactory> | null,
    givenTranslator: ITranslator | null,
    givenDialogs: ISessionContext.IDialogs | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    menu: IMainMenu | null,
    browser: IDefaultFileBrowser | null,
    runningManagers: IRunningSessionManagers | null,
    headings: ITableOfContentsTracker | null,
    completions: ICompletionProviderManager | null,
    kernelStatus: IKernelStatusModel | null,
    state: IStateDB | null,
    search: ISearchProviderRegistry | null,
  ) => {
    const translator = givenTranslator ?? nullTranslator;
    const trans = translator.load("rdit");
    const dialogs = givenDialogs ?? defaultDialogs(translator);
    const { commands, serviceManager } = app;
    const server = new Server(serviceManager.serverSettings);
    // First: the toolbar factory adds what the settings are loaded through.
    const toolbarFactory = createToolbarFactory(toolbars, registry, FACTORY, PLUGIN, translator);
    const settings = new SettingsModel(await registry.load(PLUGIN));
    const tracker = new WidgetTracker<RditDocument>({ namespace: "rdit" });

    const around: Surroundings = {
      services: serviceManager,
      server,
      rendermime,
      settings,
      dialogs,
      translator,
      trans,
      commands,
      hasFindings: app.hasPlugin("@jupyter-lsp/jupyterlab-lsp:diagnostics"),
    };
    toolbars.addFactory<RditDocument>(FACTORY, "kernelName", ({ script }) =>
      Toolbar.createKernelNameItem(script.sessionContext, dialogs, translator),
    );
    toolbars.addFactory<RditDocument>(FACTORY, "kernelStatus", ({ script }) =>
      Toolbar.createKernelStatusItem(script.sessionContext, translator),
    );
    kernelStatus?.addSessionProvider((widget: Widget | null) =>
      widget instanceof RditDocument ? widget.script.sessionContext : null,
    );

    const running = runningManagers && addRunning(runningManagers, app, server, trans);
    const addSearch = () => search?.add(FILE_EDITOR_SEARCH, searchFactory);
    const created = (_: unknown, document: RditDocument) => {
      document.context.pathChanged.connect(() => void tracker.save(document));
      void track(document, tracker, editorTracker);
      void follow(document);
      if (headings) addHeadings(headings, document);
      void document.script.whenAttached.then(addSearch);
      configure(document);
      let before = "";
      document.script.changed.connect(({ session }) => {
        commands.notifyCommandChanged();
        if (session.state === before) return;
        before = session.state;
        running?.refresh();
      });
    };

    // In a collaborative document the server merges changes on disk.
    const isShared = () =>
      editorFactory?.contentProviderId !== undefined &&
      PageConfig.getOption("disableRTC") !== "true";
    const follow = async (document: RditDocument) => {
      // Imported with the first script, so that it does not delay JupyterLab's start.
      const { followDisk } = await import("./disk");
      if (document.isDisposed) return;
      const { script } = document;
      const following = followDisk(document, serviceManager, isShared, {
        reloaded: () =>
          Notification.info(
            trans.__("%1 was changed elsewhere, and is loaded again.", script.name),
            {
              autoClose: 3000,
            },
          ),
        gone: () =>
          Notification.warning(
            trans.__(
              "%1 was moved or deleted. Its text is still here; save it to keep it.",
              script.name,
            ),
            { autoClose: 8000 },
          ),
      });
      document.disposed.connect(() => following.dispose());
    };

    // The settings of JupyterLab's file editor, which its plugin applies only to its own widgets.
    let editorConfig: Record<string, unknown> = {};
    const configure = (document: RditDocument) => {
      document.content.editor.setOptions({ ...FileEditor.defaultEditorConfig, ...editorConfig });
      const { scrollPastEnd } = { ...FileEditor.defaultEditorConfig, ...editorConfig };
      document.content.toggleClass("jp-mod-scrollPastEnd", Boolean(scrollPastEnd));
    };
    registry
      .load(EDITOR_PLUGIN)
      .then(loaded => {
        const take = () => {
          editorConfig = (loaded.composite.editorConfig ?? {}) as Record<string, unknown>;
          tracker.forEach(configure);
        };
        loaded.changed.connect(take);
        take();
      })
      .catch(() => {}); // the file editor's plugin is disabled: use its defaults

    const opening = addFactory(
      app,
      defaultFor => {
        const factory = new RditFactory(
          {
            name: FACTORY,
            label: trans.__("rdit"),
            fileTypes: ["python"],
            defaultFor,
            modelName: "text",
            toolbarFactory,
            translator,
          },
          editors,
          around,
          editorFactory,
        );
        factory.widgetCreated.connect(created);
        return factory;
      },
      () => settings.values.openByDefault,
      state,
    );
    settings.changed.connect(() => opening.update());
    addVariables(app, tracker, trans);
    addConversions(app, server, trans, palette, browser);
    addCommands(app, tracker, trans, { palette, launcher, menu, browser });
    addSearch();
    completions?.registerProvider(new KernelCompletions());
    if (completions)
      addAppCommand(commands, trans, "rdit:complete", {
        execute: () => {
          const id = tracker.currentWidget?.id;
          if (id) completions.invoke(id);
        },
      });
    let isFormatted = false;
    const saveFormatted = async (document: RditDocument) => {
      if (app.shell.currentWidget !== document) return document.context.save();
      // By the command, of which JupyterLab lets only one run: two saves at once are a conflict to it.
      isFormatted = true;
      const saved = commands.execute("docmanager:save") as Promise<void>;
      isFormatted = false;
      return saved;
    };
    commands.commandExecuted.connect((_, { id, result }) => {
      const document = tracker.currentWidget;
      const isSave = id === "docmanager:save" && !isFormatted;
      if (!isSave || !document || app.shell.currentWidget !== document) return;
      void result.then(async () => {
        if (await document.script.formatSaved()) await saveFormatted(document);
        if (settings.values.runOnSave) document.script.runAll();
        else if (settings.values.runStaleOnSave) document.script.onCode("runStaleIfAny");
      });
    });
    if (restorer)
      void restorer.restore(tracker, {
        command: "docmanager:open",
        args: ({ context }) => ({ path: context.path, factory: FACTORY }),
        name: ({ context }) => context.path,
      });
    return tracker;
  },
};

export default [scripts];
