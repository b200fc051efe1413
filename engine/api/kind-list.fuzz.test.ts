import { expect, test } from 'vitest';
import { KINDS } from './kind-list.ts';
import type { KubeObject } from './object.ts';
import { DEFINITIONS, type ValueSchema } from './schema/definitions.ts';
import { checkStructure } from './schema/structural.ts';

const TEXTS = ['', 'a', 'A_b', '-', '1Gi', '-1', '25%', '2026-01-01T00:00:00Z', 'a/b/c', '__proto__', 'x'.repeat(300)];
const NUMBERS = [0, 1, -1, 80, 70000, 2147483647];

/** A small linear congruential generator: the same objects in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** Anything of the right type, mostly nonsense. */
function nonsense(schema: ValueSchema, roll: (sides: number) => number, depth: number): unknown {
  switch (schema.type) {
    case 'object': {
      const fields = [...(DEFINITIONS.get(schema.definition) ?? [])];
      const object: Record<string, unknown> = {};
      for (const [name, field] of fields) {
        if (depth < 9 && roll(10) < (field.required || name === 'spec' ? 8 : 3)) {
          object[name] = nonsense(field, roll, depth + 1);
        }
      }
      return object;
    }
    case 'list':
      return Array.from({ length: roll(3) }, () => nonsense(schema.of, roll, depth + 1));
    case 'map':
      return { [TEXTS[1 + roll(8)]!]: nonsense(schema.of, roll, depth + 1) };
    case 'int32':
    case 'int64':
    case 'number':
      return NUMBERS[roll(NUMBERS.length)];
    case 'boolean':
      return roll(2) === 0;
    case 'quantity':
      return ['1', '-1', '0.5', '1Gi', '100m'][roll(5)];
    case 'intOrString':
      return roll(2) === 0 ? NUMBERS[roll(6)] : TEXTS[roll(11)];
    case 'time':
    case 'microTime':
      return '2026-01-01T00:00:00Z';
    case 'bytes':
      return 'AA==';
    default:
      return 'values' in schema && schema.values && roll(2) === 0 ? schema.values[0] : TEXTS[roll(TEXTS.length)];
  }
}

test.each(KINDS.map((kind) => [kind.kind, kind] as const))(
  'nonsense of kind %s is handled without a crash',
  (_, kind) => {
    const context = { timestamp: '', status: false };
    for (let seed = 1; seed <= 150; seed++) {
      const given = nonsense({ type: 'object', definition: kind.schema }, dice(seed), 0) as KubeObject;
      const structure = checkStructure(kind.schema, { ...given, metadata: given.metadata ?? {} });
      expect(structure.typeErrors).toEqual([]);
      const defaulted = kind.applyDefaults?.(structure.object as KubeObject) ?? (structure.object as KubeObject);
      expect(kind.applyDefaults?.(defaulted) ?? defaulted).toBe(defaulted);
      const prepared = kind.prepareForCreate?.(defaulted, context) ?? defaulted;
      kind.validateCreate(prepared);
      const stored = prepared as KubeObject;
      const next = kind.prepareForUpdate?.(defaulted, stored, context) ?? defaulted;
      kind.validateUpdate(next, stored, context);
      kind.validateUpdate(next, stored, { ...context, status: true });
      for (const { cell } of kind.columns)
        expect(cell({ ...next, metadata: given.metadata ?? {} } as KubeObject, 0)).not.toBeNull();
      kind.selectableFields?.(next);
      kind.gracePeriodSeconds?.(next, undefined);
    }
  },
);
