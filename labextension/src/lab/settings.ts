// The user's settings: one object for all open scripts.

import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import { Signal } from "@lumino/signaling";

export interface Settings {
  readonly layout: "beside" | "below";
  readonly keys: "jupyter" | "rstudio";
  readonly openByDefault: boolean;
  readonly runOnSave: boolean;
  readonly resetBeforeRunAll: boolean;
  readonly markStale: boolean;
  readonly resultLines: number;
  readonly maxText: number;
  readonly maxDisplays: number;
  readonly hover: boolean;
}

const defaults: Settings = {
  layout: "beside",
  keys: "jupyter",
  openByDefault: false,
  runOnSave: false,
  resetBeforeRunAll: false,
  markStale: true,
  resultLines: 24,
  maxText: 524288,
  maxDisplays: 1000,
  hover: true,
};

/// The settings with their defaults, and a signal when they change.
export class SettingsModel {
  readonly changed = new Signal<this, void>(this);
  values: Settings = defaults;

  follow(settings: ISettingRegistry.ISettings): void {
    const take = () => {
      this.values = { ...defaults, ...(settings.composite as Partial<Settings>) };
      this.changed.emit();
    };
    settings.changed.connect(take);
    take();
  }
}
