import { expect, test } from 'vitest';
import { SCHOOL } from '../testing/lti-platform.ts';
import { framesOf, readLtiSettings } from './platform.ts';

const file = (change: object = {}, address = 'https://workshop.example/') =>
  JSON.stringify({ address, platforms: [{ ...SCHOOL, ...change }] });

test('a file names this site and the platforms that it belongs to', () => {
  const settings = readLtiSettings(file());
  expect(settings).toEqual({ address: 'https://workshop.example', platforms: [SCHOOL] });
  expect(framesOf(settings)).toEqual(['https://school.example']);
  const elsewhere = readLtiSettings(file({ frameOrigins: ['https://lms.school.example/x'] }));
  expect(framesOf(elsewhere)).toEqual(['https://lms.school.example']);
});

test.each([
  ['{', /^not JSON: /],
  ['[]', /^the file: /],
  [file({ deploymentIds: [] }), /^platforms\.0\.deploymentIds: /],
  [
    file({ tokenUrl: 'http://school.example/token' }),
    /^platforms\.0\.tokenUrl: must be an address that begins with https/,
  ],
  [file({ secret: 'x' }), /^platforms\.0: Unrecognized key: "secret"/],
  [file({}, 'workshop.example'), /^address: must be an address/],
])('%s is refused with the place', (text, message) => {
  expect(() => readLtiSettings(text)).toThrow(message);
});

test('a platform on this machine needs no TLS', () => {
  expect(readLtiSettings(file({ tokenUrl: 'http://localhost:4000/token' })).platforms[0]?.tokenUrl).toBe(
    'http://localhost:4000/token',
  );
});
