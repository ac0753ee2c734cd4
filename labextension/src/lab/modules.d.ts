// Shared by the extension of ipywidgets, if it is installed.
declare module "@jupyter-widgets/jupyterlab-manager";
