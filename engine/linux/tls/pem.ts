/** `-----BEGIN CERTIFICATE-----` and its kin: base64 between two lines. RFC 7468 */
export interface PemBlock {
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** The blocks of a text; what is no block is passed over. */
export function readPem(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const [, label, body] of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----\s*([A-Za-z0-9+/=\s]*?)-----END \1-----/g)) {
    try {
      const binary = atob(body!.replace(/\s/g, ''));
      blocks.push({ label: label!, bytes: Uint8Array.from(binary, (character) => character.charCodeAt(0)) });
    } catch {
      // Not base64: no block.
    }
  }
  return blocks;
}

export function writePem(label: string, bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const lines = btoa(binary).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
