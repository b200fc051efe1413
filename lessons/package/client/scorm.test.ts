import { describe, expect, test } from 'vitest';
import type { Standing } from './lms.ts';
import { openScorm } from './scorm.ts';

const HALF: Standing = { score: 1 / 3, completed: false, passed: false, judged: false };
const ALL: Standing = { score: 1, completed: true, passed: true, judged: true };

/** A system's object of SCORM 1.2. @param refuses calls or elements that answer "false" */
function system(values: Readonly<Record<string, string>> = {}, refuses: readonly string[] = []) {
  const calls: string[] = [];
  const call =
    (name: string) =>
    (...args: string[]) => {
      calls.push([name, ...args.filter((arg) => arg !== '')].join(' '));
      if (name === 'LMSGetValue') return values[args[0]!] ?? '';
      return refuses.some((each) => each === name || each === args[0]) ? 'false' : 'true';
    };
  const names = ['LMSInitialize', 'LMSFinish', 'LMSGetValue', 'LMSSetValue', 'LMSCommit'];
  const api = Object.fromEntries(names.map((name) => [name, call(name)]));
  return { api, calls, said: () => calls.splice(0).filter((each) => !each.startsWith('LMSGetValue')) };
}

/** Windows within windows, the innermost last. */
function nested(...windows: object[]): Window {
  let parent: object | undefined;
  for (const window of windows) {
    Object.assign(window, { parent: parent ?? window, top: windows[0] });
    parent = window;
  }
  return parent as Window;
}

/** Another site's window. */
function foreign(): object {
  const shut = () => {
    throw new DOMException('Blocked a frame', 'SecurityError');
  };
  return Object.defineProperties({}, { API: { get: shut }, opener: { get: shut } });
}

describe('the object is found', () => {
  test('in the frame around the frame', () => {
    expect(openScorm(nested({ API: system().api }, {}, {}), '1.2', Date.now)).toBeDefined();
  });

  test('past a frame of another site', () => {
    expect(openScorm(nested({ API: system().api }, foreign(), {}), '1.2', Date.now)).toBeDefined();
  });

  test('around the window that opened this one', () => {
    const opener = nested({ API: system().api }, {});
    expect(openScorm(nested({ opener }), '1.2', Date.now)).toBeDefined();
    expect(openScorm(nested({ opener }, {}), '1.2', Date.now)).toBeDefined();
  });

  test('or it is not there', () => {
    expect(openScorm(nested(foreign(), {}), '1.2', Date.now)).toBeUndefined();
    expect(openScorm(nested({ API: system().api }, {}), '2004', Date.now)).toBeUndefined();
    expect(openScorm(nested({ API: system({}, ['LMSInitialize']).api }), '1.2', Date.now)).toBeUndefined();
  });
});

describe('SCORM 1.2', () => {
  function open(values: Readonly<Record<string, string>> = {}, refuses: readonly string[] = []) {
    const { api, said } = system(values, refuses);
    let now = 0;
    const lms = openScorm(nested({ API: api }), '1.2', () => now)!;
    said();
    return { lms, said, pass: (ms: number) => (now += ms) };
  }

  test('the score is of a hundred, with its fractions, and nothing is said twice', () => {
    const { lms, said } = open();
    lms.report(HALF);
    expect(said()).toEqual([
      'LMSSetValue cmi.core.score.min 0',
      'LMSSetValue cmi.core.score.max 100',
      'LMSSetValue cmi.core.score.raw 33.33',
      'LMSSetValue cmi.core.lesson_status incomplete',
      'LMSCommit',
    ]);
    lms.report(HALF);
    expect(said()).toEqual([]);
    lms.report(ALL);
    expect(said()).toEqual([
      'LMSSetValue cmi.core.score.raw 100',
      'LMSSetValue cmi.core.lesson_status passed',
      'LMSCommit',
    ]);
  });

  test('good-bye says how long it was', () => {
    const { lms, said, pass } = open();
    lms.report(HALF);
    pass(2 * 3_600_000 + 3 * 60_000 + 4567);
    said();
    lms.end(HALF);
    expect(said().slice(-4)).toEqual([
      'LMSSetValue cmi.core.session_time 0002:03:04.57',
      'LMSSetValue cmi.core.exit suspend',
      'LMSCommit',
      'LMSFinish',
    ]);
  });

  test('what is refused is told, and tried again', () => {
    const { lms, said } = open({}, ['cmi.suspend_data']);
    const told: boolean[] = [];
    lms.onTrouble((refused) => told.push(refused));
    lms.keep('text');
    lms.keep('text');
    expect([told, said().length]).toEqual([[true, true], 2]);
    lms.report(HALF);
    expect(told).toEqual([true, true, false]);
  });

  test('whoever looks again is not graded again', () => {
    const { lms, said } = open({ 'cmi.core.lesson_mode': 'review' });
    expect(lms.looking).toBe(true);
    lms.end(HALF);
    expect(said().some((each) => /score|status/.test(each))).toBe(false);
  });

  test.each([
    ['80', 0.8],
    ['', undefined],
    ['none', undefined],
    ['400', undefined],
  ])('a mastery score of %j', (text, mark) => {
    expect(open({ 'cmi.student_data.mastery_score': text }).lms.passMark).toBe(mark);
  });

  test('an object that throws ends no lesson', () => {
    const api = { LMSInitialize: () => true, LMSSetValue: () => JSON.parse('{') };
    const lms = openScorm(nested({ API: api }), '1.2', Date.now)!;
    expect(() => lms.report(HALF)).not.toThrow();
    expect([lms.kept, lms.passMark, lms.looking]).toEqual([undefined, undefined, false]);
  });
});
