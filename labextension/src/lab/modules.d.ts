// A shared module of the ipywidgets extension, present only if that is installed.
declare module "@jupyter-widgets/jupyterlab-manager";
