// Text that is in no file yet, kept in this browser while one types: a killed tab, a crash or a closed laptop
// costs nothing. Each page keeps its own, so that two tabs on one script do not fight; what a page that
// is no more has left is offered to the next.

const STORE = "drafts";
const LOCK = "rdit draft ";
// So long after the last key; and at once when the page is left.
const PAUSE_MS = 250;
const KEPT_MS = 60 * 86_400_000;

export interface Draft {
  /// Of one page.
  id: string;
  /// The script: where it is served and its path.
  script: string;
  text: string;
  /// In milliseconds.
  at: number;
}

/// Keeps the text of one page.
export class Drafts {
  private readonly id = Array.from(crypto.getRandomValues(new Uint32Array(3))).join("-");
  private readonly script: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> = Promise.resolve();
  private kept: string | null = null;
  private pending = 0;
  private wanted: (() => string) | null = null;
  private isWritten = false;

  /// `onChange` is told when something is kept, or cannot be: then with the reason.
  constructor(
    baseUrl: string,
    path: string,
    private readonly onChange: (failure: string | null) => void,
  ) {
    this.script = `${baseUrl}\n${path}`;
    // Held as long as this page lives: what it keeps is its own until then.
    void navigator.locks?.request(LOCK + this.id, () => new Promise<void>(() => {}));
    document.addEventListener("visibilitychange", () => this.flush());
    addEventListener("pagehide", () => this.flush());
  }

  /// Whether the text as it is now is kept, with nothing still on its way.
  get isKept(): boolean {
    return this.kept !== null && this.wanted === null && this.pending === 0;
  }

  /// Keep this text soon; it is asked for when it is written.
  keep(text: () => string) {
    this.wanted = text;
    this.timer ??= setTimeout(() => this.flush(), PAUSE_MS);
  }

  /// Keep at once what is wanted.
  flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.wanted) return;
    const text = this.wanted();
    this.wanted = null;
    this.isWritten = true;
    const { id, script } = this;
    this.write(store => store.put({ id, script, text, at: Date.now() }), text);
  }

  /// Everything is in the file.
  drop() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.wanted = null;
    // Also what is still being written.
    if (this.isWritten) this.write(store => store.delete(this.id), null);
    this.isWritten = false;
  }

  /// What pages that are no more have left of this script, the latest first.
  async left(): Promise<Draft[]> {
    const all: Draft[] = await act("readonly", store => store.getAll());
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    const living = new Set(held.map(({ name }) => name));
    const left = all.filter(({ id }) => id !== this.id && !living.has(LOCK + id));
    for (const { id, at } of left) if (Date.now() - at > KEPT_MS) await this.forget(id);
    return left.filter(({ script }) => script === this.script).sort((a, b) => b.at - a.at);
  }

  forget(id: string): Promise<void> {
    return act("readwrite", store => store.delete(id));
  }

  private write(what: (store: IDBObjectStore) => IDBRequest, kept: string | null) {
    this.pending += 1;
    this.writing = this.writing
      .then(() => act<void>("readwrite", what))
      .then(
        () => {
          this.pending -= 1;
          this.kept = kept;
          this.onChange(null);
        },
        (error: unknown) => {
          this.pending -= 1;
          this.kept = null;
          this.onChange(reasonOf(error));
        },
      );
  }
}

const reasonOf = (error: unknown) =>
  error instanceof DOMException && error.name === "QuotaExceededError"
    ? "it has no room left"
    : String(error);

let opened: Promise<IDBDatabase> | null = null;

async function act<Value>(
  mode: IDBTransactionMode,
  what: (store: IDBObjectStore) => IDBRequest,
): Promise<Value> {
  opened ??= open();
  // What failed once may work later.
  opened.catch(() => (opened = null));
  const database = await opened;
  return new Promise((resolve, reject) => {
    // On the disk, not only on its way: power may fail.
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const request = what(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result as Value);
    transaction.onabort = () => reject(transaction.error ?? request.error);
  });
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("rdit drafts", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
