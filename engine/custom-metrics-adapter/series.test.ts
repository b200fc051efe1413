import { expect, test } from 'vitest';
import { readScrape, seriesOf } from './series.ts';

test('counters are told of by what they grow a second; the first look says nothing of them', () => {
  const at = (seconds: number, text: string) => readScrape(text, seconds * 1000);
  const first = at(0, 'jobs 3\nhttp_requests_total{code="200"} 100\ncpu_seconds_total 5');
  expect(seriesOf(first, undefined).map(({ name }) => name)).toEqual(['jobs']);
  const second = at(
    15,
    'jobs 4\nhttp_requests_total{code="200"} 130\nhttp_requests_total{code="500"} 9\ncpu_seconds_total 2',
  );
  expect(seriesOf(second, first)).toEqual([
    { name: 'jobs', labels: {}, value: 4, atMs: 15_000 },
    { name: 'http_requests', labels: { code: '200' }, value: 2, atMs: 15_000, windowSeconds: 15 },
    // It has begun anew.
    { name: 'cpu', labels: {}, value: 2 / 15, atMs: 15_000, windowSeconds: 15 },
  ]);
});
