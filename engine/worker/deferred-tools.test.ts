import { expect, test } from 'vitest';
import type { WorkstationTools } from '../cluster/workstation-tools.ts';
import { deferTools } from './deferred-tools.ts';

test('the tools stand in until they are loaded, and are fetched once', async () => {
  let fetches = 0;
  const real = {
    kubectl: () =>
      function* () {
        return 7;
      },
    completeKubectl: (words: readonly string[]) => words,
    programs: {
      program: (name: string) =>
        function* () {
          return name.length;
        },
    },
  } as unknown as WorkstationTools;
  const { tools, load } = deferTools(async () => {
    fetches += 1;
    return real;
  });
  const kubectl = tools.kubectl(() => undefined as never);
  expect(() => kubectl(undefined as never)).toThrow('before it was loaded');
  expect(() => tools.completeKubectl(['get'], undefined as never)).toThrow('before it was loaded');
  const program = tools.programs.program('four', 'gnu');
  expect(() => program(undefined as never)).toThrow('before it was loaded');
  await load();
  await load();
  expect(fetches).toBe(1);
  expect(kubectl(undefined as never).next()).toEqual({ done: true, value: 7 });
  expect(program(undefined as never).next()).toEqual({ done: true, value: 4 });
  expect(tools.completeKubectl(['get'], undefined as never)).toEqual(['get']);
});
