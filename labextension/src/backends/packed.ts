// Large files of ours are packed by gzip, whatever the web server does. Workers unpack them: the browser does
// so on the thread that asks, a task of 0.1 s for ruff.

/// The content of a file that was packed. Some servers send .gz files with `Content-Encoding: gzip`, and
/// the browser has unpacked it already.
export async function unpacked(blob: Blob, type: string): Promise<Blob> {
  return (await isGzip(blob)) ? unpack(blob, type) : blob;
}

async function isGzip(blob: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}

async function unpack(blob: Blob, type: string): Promise<Blob> {
  const stream = blob.stream().pipeThrough(new DecompressionStream("gzip"));
  return new Blob([await new Response(stream).arrayBuffer()], { type });
}
