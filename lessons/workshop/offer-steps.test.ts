import type { ClusterInput } from '@drydock/engine';
import { expect, test } from 'vitest';
import { offerSteps } from './offer-steps.ts';

const typed = (terminal: string, text: string) =>
  [...text].map((key): ClusterInput => ({ kind: 'terminal.input', terminal, text: key }));

test('what was typed key by key is read as lines, a step for each terminal', () => {
  expect(offerSteps([...typed('1', 'kubectl get nodes\rls\r'), ...typed('2', 'pwd\r')])).toEqual([
    'kubectl get nodes⏎\nls⏎',
    'pwd⏎',
  ]);
});

test('keys that are no text are dots; files and commands are what they are', () => {
  const write: ClusterInput = { kind: 'file.write', path: 'a.yaml', text: 'kind: Pod\n' };
  expect(
    offerSteps([...typed('1', 'l\t\x03'), write, { kind: 'file.delete', path: 'b.yaml' }, ...typed('1', 'q')]),
  ).toEqual(['l··', 'a.yaml:\nkind: Pod', 'rm b.yaml', 'q']);
});

test('how wide a terminal was is no step', () => {
  const resize = { kind: 'terminal.resize', terminal: '1', columns: 80, rows: 24 } as unknown as ClusterInput;
  expect(offerSteps([...typed('1', 'l'), resize, ...typed('1', 's')])).toEqual(['ls']);
});
