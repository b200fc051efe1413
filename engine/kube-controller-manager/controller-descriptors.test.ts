import { expect, test } from 'vitest';
import { CONTROLLERS, selectControllers } from './controller-descriptors.ts';

function names(...flags: string[]): string[] {
  return selectControllers(flags).map(({ name }) => name);
}

test('--controllers takes all, some, or all but some', () => {
  const usual = CONTROLLERS.filter(({ gate, onlyByName }) => gate === undefined && onlyByName !== true);
  expect(names('*')).toEqual(usual.map(({ name }) => name));
  expect(selectControllers(['*'], new Set(['GenericWorkload'] as const))).toEqual(
    CONTROLLERS.filter(({ onlyByName }) => onlyByName !== true),
  );
  expect(names('*', 'tokencleaner')).toContain('token-cleaner-controller');
  expect(names('deployment-controller')).toEqual(['deployment-controller']);
  expect(names('*', '-replicaset-controller')).not.toContain('replicaset-controller');
  expect(names('*', '-replicaset')).toHaveLength(usual.length - 1);
});

test('an unknown name is refused', () => {
  expect(() => names('*', '-foo')).toThrow('"foo" is not in the list of known controllers');
});
