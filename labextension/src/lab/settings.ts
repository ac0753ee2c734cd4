// The user's settings: one object for all open scripts. What there is to set is in the table
// (session/settings.ts), and the defaults come with the schema that is made of it.

import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import { Signal } from "@lumino/signaling";
import type { labSettings, ValuesOf } from "../session/settings";

type Settings = ValuesOf<typeof labSettings>;

/// The settings, and a signal when they change.
export class SettingsModel {
  readonly changed = new Signal<this, void>(this);

  constructor(private readonly settings: ISettingRegistry.ISettings) {
    settings.changed.connect(() => this.changed.emit());
  }

  /// The user's values, and the schema's defaults for the others.
  get values(): Settings {
    return this.settings.composite as unknown as Settings;
  }
}
