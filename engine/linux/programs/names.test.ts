import { expect, test } from 'vitest';
import { allPrograms } from './all-programs.ts';
import { MAKERS } from './makers.ts';
import {
  BUSYBOX_PROGRAMS,
  DEBIAN_PROGRAMS,
  PACKET_FILTER_PROGRAMS,
  SPECIAL_PROGRAMS,
  SYSTEM_MANAGER_PROGRAMS,
} from './names.ts';

test('every program has one place, and every place a program', () => {
  const names = [...DEBIAN_PROGRAMS, ...PACKET_FILTER_PROGRAMS, ...SYSTEM_MANAGER_PROGRAMS].map(([name]) => name);
  expect(names.toSorted()).toEqual(Object.keys(MAKERS).sort());
  expect(new Set(names).size).toBe(names.length);
  for (const [name] of BUSYBOX_PROGRAMS) expect(allPrograms.program(name, 'busybox')).toBeTypeOf('function');
  for (const name of SPECIAL_PROGRAMS) expect(allPrograms.program(name, 'gnu')).toBeTypeOf('function');
  expect(() => allPrograms.program('constructor', 'gnu')).toThrow('no program called');
});
