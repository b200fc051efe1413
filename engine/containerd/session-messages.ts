/** What goes over the socket in an exec or attach session, a line of JSON each; bytes are in base64. */
export interface SessionMessage {
  readonly stdin?: string;
  readonly closeStdin?: boolean;
  readonly resize?: readonly [columns: number, rows: number];
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: { readonly exitCode?: number; readonly message?: string };
}

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
