import { expect, test } from 'vitest';
import type { ComponentTools, KubectlTools, ProgramTools } from '../cluster/workstation-tools.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import { deferTools } from './deferred-tools.ts';

const ending = (status: number): Program =>
  function* () {
    return status;
  };
const called = (...argv: string[]) => ({ argv }) as unknown as Process;
const nowhere = () => undefined as never;

/** Tools whose parts come one by one. */
function onTheirWay() {
  const kubectl = Promise.withResolvers<() => KubectlTools>();
  const components = Promise.withResolvers<ComponentTools>();
  const programs = Promise.withResolvers<ProgramTools>();
  const descriptions = Promise.withResolvers<Record<string, Record<string, string>>>();
  const deferred = deferTools({
    kubectl: kubectl.promise,
    components: components.promise,
    programs: programs.promise,
    descriptions: descriptions.promise,
  });
  return {
    deferred,
    kubectlComes: () =>
      kubectl.resolve(() => ({
        kubectl: () => ending(7),
        completeKubectl: (words) => [...words, 'pods'],
        certificateUser: () => undefined,
      })),
    componentsCome: () => components.resolve({ requestFollower: () => 'follower' } as unknown as ComponentTools),
    programsCome: () =>
      programs.resolve({ programs: { program: (name: string) => ending(name.length) } } as unknown as ProgramTools),
    descriptionsCome: () => descriptions.resolve({}),
    programsFail: () => programs.reject(new Error('the line is down')),
  };
}

test('what is asked in the middle of a step must have come, and has when lines are let in', async () => {
  const { deferred, kubectlComes, componentsCome } = onTheirWay();
  const { tools, ready } = deferred;
  expect(() => tools.completeKubectl(['get'], nowhere())).toThrow('before it was loaded');
  expect(() => tools.requestFollower()).toThrow('before it was loaded');
  kubectlComes();
  componentsCome();
  await ready;
  expect(tools.completeKubectl(['get'], nowhere())).toEqual(['get', 'pods']);
  expect(tools.requestFollower()).toBe('follower');
  expect(deferred.arrived).toBe(false);
});

test('a program that is started too early is told to whoever drives, and runs as it is once its part has come', async () => {
  const { deferred, programsCome } = onTheirWay();
  const program = deferred.tools.programs.program('four', 'gnu');
  expect(deferred.missing()).toBeUndefined();
  const task = program(called('four'));
  const missing = deferred.missing();
  expect(missing).toBeDefined();
  programsCome();
  await missing;
  expect(deferred.missing()).toBeUndefined();
  expect(task.next()).toEqual({ done: true, value: 4 });
  expect(program(called('four')).next()).toEqual({ done: true, value: 4 });
});

test('only what may explain fields waits for the documentation', async () => {
  const { deferred, kubectlComes, descriptionsCome } = onTheirWay();
  const kubectl = deferred.tools.kubectl(nowhere, 'v1.36.2');
  kubectlComes();
  await Promise.resolve();
  await Promise.resolve();
  expect(kubectl(called('kubectl', 'get', 'explain')).next()).toEqual({ done: true, value: 7 });
  expect(deferred.missing()).toBeUndefined();
  for (const words of [['explain', 'pod'], ['-n', 'get', 'explain', 'pod'], ['an-alias']]) {
    const task = kubectl(called('kubectl', ...words));
    expect(deferred.missing(), words.join(' ')).toBeDefined();
    task.return(0);
  }
  const task = kubectl(called('kubectl', 'explain', 'pod'));
  descriptionsCome();
  await deferred.missing();
  expect(task.next()).toEqual({ done: true, value: 7 });
});

test('a part that cannot be loaded is told to who waits for it', async () => {
  const { deferred, programsFail } = onTheirWay();
  deferred.tools.programs.program('four', 'gnu')(called('four'));
  programsFail();
  await expect(deferred.missing()).rejects.toThrow('the line is down');
  await expect(deferred.complete).rejects.toThrow('the line is down');
});
