import decodeQR from 'qr/decode.js';
import { expect, test } from 'vitest';
import { doorText } from './door.ts';

const DOOR = {
  title: 'Kubernetes, Tuesday',
  resumed: false,
  address: 'http://192.168.1.23:8080',
  code: 'ABC234',
  board: 'http://192.168.1.23:8080/workshop/board/#key=secret',
};

/** A square of the code in a photograph has so many dots a side. */
const DOTS = 4;

/** What a phone reads that looks at a terminal of bright letters on black: each letter is two squares, one above the other. */
function photographed(printed: string): string {
  const lines = printed.split('\n').filter((line) => /^[█▀▄ ]{20,}$/.test(line));
  const rows = lines.flatMap((line) =>
    ['█▀', '█▄'].map((bright) => [...line].map((letter) => bright.includes(letter))),
  );
  const [width, height] = [rows[0]!.length * DOTS, rows.length * DOTS];
  const data = new Uint8Array(width * height * 3);
  for (let dot = 0; dot < width * height; dot++) {
    const bright = rows[Math.floor(dot / width / DOTS)]![Math.floor((dot % width) / DOTS)]!;
    data.fill(bright ? 255 : 0, dot * 3, dot * 3 + 3);
  }
  return decodeQR({ width, height, data });
}

test('a phone that photographs the terminal comes to the door with the code filled in', () => {
  expect(photographed(doorText(DOOR))).toBe('http://192.168.1.23:8080/workshop/#code=ABC234');
});

test('a long address is read as well', () => {
  const address = `https://${'campus.'.repeat(12)}example:8443`;
  expect(photographed(doorText({ ...DOOR, address }))).toBe(`${address}/workshop/#code=ABC234`);
});

test('what is said beside it: the address and the code to type, the board, and whether it goes on', () => {
  expect(doorText(DOOR)).toContain('Join   http://192.168.1.23:8080/workshop/   with the code   ABC234');
  expect(doorText(DOOR)).toContain('Board  http://192.168.1.23:8080/workshop/board/#key=secret');
  expect(doorText({ ...DOOR, resumed: true })).toContain('Kubernetes, Tuesday, where it was left');
});

test('where a machine is on several networks the others are said, and so is what else is to be known', () => {
  const text = doorText({ ...DOOR, otherAddresses: ['http://10.0.0.4:8080'], notes: ['It keeps its lessons.'] });
  expect(text).toMatch(/also at\n +http:\/\/10\.0\.0\.4:8080\/workshop\/\n/);
  expect(text).toContain('Note   It keeps its lessons.');
  expect(doorText(DOOR)).not.toMatch(/also at|Note/);
});
