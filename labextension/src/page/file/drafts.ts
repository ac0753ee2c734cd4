// Drafts: unsaved text, stored in IndexedDB while the user types, so that a crash or closed tab
// loses nothing. Each page has a draft of its own, so that two tabs with the same script do not
// overwrite each other's; a new page offers the drafts of pages that no longer exist.

const STORE = "drafts";
const LOCK = "rdit draft ";
// Debounce, in milliseconds. Leaving the page writes at once.
const PAUSE_MS = 250;
const KEPT_MS = 60 * 86_400_000;

export interface Draft {
  /// Id of the page that wrote it.
  id: string;
  /// The script: base URL and path.
  script: string;
  text: string;
  /// When it was written, in milliseconds since the epoch.
  at: number;
}

/// The draft of one page. It does not throw: failures go to `onChange`, except those of `left` and
/// `forget`, which reject.
export class Drafts {
  private readonly id = Array.from(crypto.getRandomValues(new Uint32Array(3))).join("-");
  private readonly script: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> = Promise.resolve();
  private kept: string | null = null;
  private pending = 0;
  private wanted: (() => string) | null = null;
  private isWritten = false;
  private readonly listening = new AbortController();
  private release = () => {};
  private isDisposed = false;

  /// `onChange` is called after each write: with null, or with the reason of the failure.
  constructor(
    baseUrl: string,
    path: string,
    private readonly onChange: (failure: string | null) => void,
  ) {
    this.script = `${baseUrl}\n${path}`;
    // A Web Lock held while the script is open: its existence tells other pages that the draft is in
    // use.
    void navigator.locks?.request(
      LOCK + this.id,
      () =>
        new Promise<void>(resolve => {
          this.release = resolve;
          if (this.isDisposed) resolve();
        }),
    );
    const { signal } = this.listening;
    document.addEventListener("visibilitychange", () => this.flush(), { signal });
    addEventListener("pagehide", () => this.flush(), { signal });
  }

  /// Writes what is scheduled, and leaves the draft to the next page that opens the script.
  dispose() {
    this.isDisposed = true;
    this.flush();
    this.listening.abort();
    this.release();
  }

  /// Whether the current text is stored, with no write pending.
  get isKept(): boolean {
    return this.kept !== null && this.wanted === null && this.pending === 0;
  }

  /// Schedules a write; `text` is called when it happens.
  keep(text: () => string) {
    this.wanted = text;
    this.timer ??= setTimeout(() => this.flush(), PAUSE_MS);
  }

  /// Performs a scheduled write now.
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

  /// Removes the draft: the text is in the file.
  drop() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.wanted = null;
    // Ordered after a write in progress.
    if (this.isWritten) this.write(store => store.delete(this.id), null);
    this.isWritten = false;
  }

  /// Drafts of this script from pages that no longer exist, latest first. Deletes outdated drafts
  /// of any script.
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
          if (!this.isDisposed) this.onChange(null);
        },
        (error: unknown) => {
          this.pending -= 1;
          this.kept = null;
          if (!this.isDisposed) this.onChange(reasonOf(error));
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
  // A failed open is not cached, so that the next call tries again.
  opened.catch(() => (opened = null));
  const database = await opened;
  return new Promise((resolve, reject) => {
    // Strict durability: resolve after the data is flushed to disk, so that it survives a power
    // failure.
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
