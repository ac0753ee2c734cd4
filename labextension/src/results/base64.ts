/// The bytes that base64 stands for. Throws a DOMException if it is none; line breaks in it count for nothing.
export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
}
