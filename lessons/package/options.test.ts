import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test, vi } from 'vitest';
import { readOptions } from './options.ts';
import { packageCommand } from './package-command.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (line: string) => readOptions(line.split(' '), ROOT);

test('a lesson, in the first language unless told', () => {
  expect(read('lesson pod-process-group --format scorm12')).toEqual({
    subject: { kind: 'lesson', id: 'pod-process-group', language: 'en', format: 'scorm12' },
    passMark: undefined,
    file: 'drydock-pod-process-group-scorm12.zip',
  });
  expect(read('exercise shared-page --format cmi5 --language zh --pass 0.75')).toMatchObject({
    passMark: 0.75,
    file: 'drydock-shared-page-zh-cmi5.zip',
  });
  expect(read('exercise shared-page --format cmi5 -o a/b.zip').file).toBe('a/b.zip');
});

test.each([
  ['course --format cmi5', 'say lesson or exercise'],
  ['lesson --format cmi5', 'say which lesson, and one only'],
  ['lesson pod-process-group pause-container --format cmi5', 'say which lesson, and one only'],
  ['lesson pod-process-group', '--format is one of scorm12, scorm2004, cmi5'],
  ['lesson pod-process-group --format scorm', '--format is one of scorm12, scorm2004, cmi5'],
  ['lesson pod-process-group --format cmi5 --language de', '--language is one of en, zh'],
  ['lesson pod-process-group --format cmi5 --pass 80', '--pass is a number above 0 and up to 1'],
  ['lesson pod-process-group --format cmi5 --pass 0', '--pass is a number above 0 and up to 1'],
  ['lesson shared-page --format cmi5', 'there is no lesson shared-page. There are: atomic-scheduling, '],
  ['exercise ../lessons --format cmi5', 'there is no exercise ../lessons. There are: '],
  ['lesson pod-process-group/2 --format cmi5', 'it has no variants'],
  ['lesson pod-process-group --format cmi5 --quick', "Unknown option '--quick'"],
])('%s: %s', (line, message) => {
  expect(() => read(line)).toThrow(message);
});

test('a place that takes no file is said before anything is built', () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const folder = mkdtempSync(join(tmpdir(), 'drydock-package-test-'));
  const code = packageCommand(['lesson', 'pod-process-group', '--format', 'cmi5', '-o', join(folder, 'no', 'a.zip')]);
  expect([code, said.mock.calls.join('')]).toEqual([
    1,
    `${folder}/no/a.zip cannot be written: there is no such file or folder\n`,
  ]);
  expect(packageCommand(['lesson', 'pod-process-group', '--format', 'cmi5', '-o', folder])).toBe(1);
  said.mockRestore();
  rmSync(folder, { recursive: true });
});
