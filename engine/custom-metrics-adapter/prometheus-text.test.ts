import { expect, test } from 'vitest';
import { parsePrometheusText } from './prometheus-text.ts';
import { readScrape, seriesOf } from './series.ts';

test('a page of metrics: types, labels, escapes, figures that are none', () => {
  const page = `# HELP jobs What is to be done
# TYPE jobs gauge
jobs{queue="mail",path="C:\\\\x \\"a\\""} 3
jobs { queue = "sms" , } 1.5e1 1700000000000
# TYPE served counter
served 7
errors_total{} 2
lag NaN
limit +Inf
`;
  expect(parsePrometheusText(page)).toEqual([
    { name: 'jobs', labels: { queue: 'mail', path: 'C:\\x "a"' }, value: 3, isCounter: false },
    { name: 'jobs', labels: { queue: 'sms' }, value: 15, isCounter: false },
    { name: 'served', labels: {}, value: 7, isCounter: true },
    { name: 'errors_total', labels: {}, value: 2, isCounter: true },
  ]);
});

test.each(['jobs', 'jobs{queue=mail} 1', 'jobs{queue="mail"', '<html>', 'jobs one', '1jobs 1'])(
  '%s is no metric',
  (line) => {
    expect(() => parsePrometheusText(`up 1\n${line}\n`)).toThrow(`line 2: ${JSON.stringify(line)}`);
  },
);

test('labels may bear any name', () => {
  const [sample] = parsePrometheusText('up{__proto__="a",constructor="b"} 1');
  expect(Object.entries(sample!.labels)).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
});

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
