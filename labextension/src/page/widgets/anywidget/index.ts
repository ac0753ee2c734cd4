// The classes of anywidget, by the names that the kernel has for them.

export { AnyModel } from "./model";
export { AnyView } from "./view";
