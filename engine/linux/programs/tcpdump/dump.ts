/** `-x` and `-X`: sixteen bytes a line, with what can be read of them. */
export function hexDump(bytes: Uint8Array, withText: boolean): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    let hex = '';
    for (let i = 0; i < row.length; i += 2) {
      hex += ` ${[...row.subarray(i, i + 2)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
    }
    const text = withText ? `  ${[...row].map((byte) => printable(byte)).join('')}` : '';
    lines.push(`\t0x${at.toString(16).padStart(4, '0')}: ${withText ? hex.padEnd(40) : hex}${text}\n`);
  }
  return lines.join('');
}

/** `-A`: what is text; line breaks stay. */
export function textDump(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === 13 && bytes[at + 1] === 10) continue;
    text += byte === 10 || byte === 9 ? String.fromCharCode(byte) : printable(byte);
  }
  return `${text}\n`;
}

function printable(byte: number): string {
  return byte >= 33 && byte <= 126 ? String.fromCharCode(byte) : byte === 32 ? ' ' : '.';
}
