// A script in an address: packed into the fragment, which no browser sends to any server. Opening such
// an address shows the script and runs nothing.

export interface Shared {
  name: string;
  text: string;
}

/// The fragment, with its `#`.
export async function packScript({ name, text }: Shared): Promise<string> {
  const packed = await through(
    new TextEncoder().encode(text),
    new CompressionStream("deflate-raw"),
  );
  const letters = Array.from(packed, byte => String.fromCharCode(byte)).join("");
  const code = btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `#${new URLSearchParams({ script: code, name })}`;
}

/// What a fragment holds; null if it holds no script.
export async function unpackScript(fragment: string): Promise<Shared | null> {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const code = given.get("script");
  if (!code) return null;
  try {
    const letters = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
    const packed = Uint8Array.from(letters, letter => letter.charCodeAt(0));
    const text = await through(packed, new DecompressionStream("deflate-raw"));
    // A name, never a path: what comes by an address must not lie where it likes.
    const name = (given.get("name") ?? "").split(/[\\/]/).pop()!.trim() || "shared.py";
    return { name, text: new TextDecoder().decode(text) };
  } catch {
    return null; // cut off on its way, as long addresses are
  }
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const passed = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(passed).arrayBuffer());
}

/// Gives the browser a file to keep where it keeps downloads.
export function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/x-python;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: the browser may not have begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/// Files that a person picks on their disk; empty if none.
export function pickFiles(): Promise<File[]> {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  return new Promise(resolve => {
    input.addEventListener("change", () => resolve([...(input.files ?? [])]));
    input.addEventListener("cancel", () => resolve([]));
    input.click();
  });
}
