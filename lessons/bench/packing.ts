import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';

/** Data as text that fits into an address: JSON, deflated, base64url. */
export function pack(data: unknown): string {
  const bytes = deflateSync(strToU8(JSON.stringify(data)), { level: 9 });
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Longest text that is unpacked, in characters: a whole afternoon at the terminal, with room to spare. */
const MAX_PACKED = 4_000_000;

/**
 * What `pack` made of it.
 *
 * @throws Error for anything else.
 */
export function unpack(text: string): unknown {
  if (text.length > MAX_PACKED || !/^[\w-]+$/.test(text)) throw new Error('this is no link that Drydock made');
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(strFromU8(inflateSync(Uint8Array.from(binary, (character) => character.charCodeAt(0)))));
  } catch {
    throw new Error('this link is damaged; a part of it may have been lost on the way');
  }
}
