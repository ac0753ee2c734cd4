// The ids of plugin and factory in JupyterLab.

export const PLUGIN = "rdit:plugin";
/// Name of the widget factory: `/lab/tree/script.py?factory=rdit` opens a script with it.
export const FACTORY = "rdit";
