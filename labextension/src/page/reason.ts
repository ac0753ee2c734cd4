/// The message of a thrown value, as a sentence: what follows it is another one.
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}
