// Lazy chunk: exchanges the user's settings with the server, which keeps them for all of the user's
// browsers. Each name is changed by itself, and the last one who sets it wins.
import { isValueOf, pageSettings, type Setting } from "../session/settings";
import { isKey } from "../session/key_presses";
import { ask } from "./file/contents";
import { reasonOf } from "./reason";
import { knownPreferences, onPreferences, putPreferences } from "./storage";

type Values = Record<string, unknown>;

let sync: SettingsSync | null = null;

/// Takes over what the server has, and sends it what is changed from now on. `say`: where a failure is
/// told.
export function startSync(baseUrl: string, say: (text: string) => void) {
  sync ??= new SettingsSync(`${baseUrl}rdit/settings`, say);
  void sync.fetch();
}

/// Asks again what the server has: another machine may have changed it.
export const fetchSettings = () => void sync?.fetch();

class SettingsSync {
  private sending: Promise<void> | null = null;
  private isSaid = false;

  constructor(
    private readonly url: string,
    private readonly say: (text: string) => void,
  ) {
    onPreferences(() => this.send());
  }

  /// Asks the server for its values; what it does not have yet of this browser's is sent. Never rejects.
  async fetch(): Promise<void> {
    try {
      this.take(await ask("GET", this.url), {});
    } catch {
      // What this browser knows goes on. A change will say that it cannot be kept.
      return;
    }
    this.send();
  }

  private send() {
    if (this.sending || !knownPreferences().unsent.length) return;
    this.sending = this.sendNow()
      .then(
        isDone => isDone && (this.isSaid = false),
        error => this.complain(error),
      )
      .then(() => {
        this.sending = null;
      });
  }

  private async sendNow(): Promise<boolean> {
    // What is changed while a request is under way goes with the next one.
    for (let sent: Values; ;) {
      const { values, unsent } = knownPreferences();
      if (!unsent.length) return true;
      sent = Object.fromEntries(unsent.map(name => [name, values[name] ?? null]));
      this.take(await ask("PATCH", this.url, { settings: sent }), sent);
    }
  }

  /// The server has `settings`, and among them what was `sent`.
  private take(answer: unknown, sent: Values) {
    const { values, unsent } = knownPreferences();
    const left = unsent.filter(name => !(name in sent) || (values[name] ?? null) !== sent[name]);
    const { settings } = answer as { settings: Values };
    const taken = Object.fromEntries(Object.entries(settings).filter(isOurs));
    for (const name of left) taken[name] = values[name];
    putPreferences({ values: taken, unsent: left });
  }

  private complain(error: unknown) {
    if (this.isSaid) return;
    this.isSaid = true;
    this.say(`The settings are kept in this browser only, for now: ${reasonOf(error)}`);
  }
}

/// Whether this page knows the name, and the value is one of its values.
function isOurs([name, value]: [string, unknown]): boolean {
  if (name.startsWith("key:"))
    return Array.isArray(value) && value.every(key => typeof key === "string" && isKey(key));
  const row = (pageSettings as Record<string, Setting>)[name];
  return row !== undefined && isValueOf(row, value);
}
