/// Loads with the first call, and gives all calls the same. A load that failed (offline) is forgotten: the
/// next call loads again.
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null;
  return () =>
    (loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    }));
}
