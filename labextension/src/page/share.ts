// A script in the fragment of a URL, which browsers do not send to servers. Opening such a URL
// shows the script and runs nothing.

export interface Shared {
  name: string;
  text: string;
}

/// Packs a script into a fragment, including its `#`.
export async function packScript({ name, text }: Shared): Promise<string> {
  const packed = await through(
    new TextEncoder().encode(text),
    new CompressionStream("deflate-raw"),
  );
  const letters = Array.from(packed, byte => String.fromCharCode(byte)).join("");
  const code = btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `#${new URLSearchParams({ script: code, name })}`;
}

/// Unpacks a fragment; null if it contains no valid script.
export async function unpackScript(fragment: string): Promise<Shared | null> {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const code = given.get("script");
  if (!code) return null;
  try {
    const letters = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
    const packed = Uint8Array.from(letters, letter => letter.charCodeAt(0));
    const text = await through(packed, new DecompressionStream("deflate-raw"));
    // Only the base name: a URL must not choose the folder.
    const name = (given.get("name") ?? "").split(/[\\/]/).pop()!.trim() || "shared.py";
    return { name, text: new TextDecoder().decode(text) };
  } catch {
    return null; // truncated on its way, as long URLs are
  }
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const passed = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(passed).arrayBuffer());
}

/// Shows a file picker; resolves with the chosen files, or with an empty list.
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
