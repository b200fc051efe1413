import { expect, test } from 'vitest';
import { parsePrometheusText } from './prometheus-text.ts';

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
    { name: 'jobs', labels: { queue: 'sms' }, value: 15, isCounter: false, timeMs: 1_700_000_000_000 },
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
