import { expect, test } from 'vitest';
import { testMachine } from '../kernel/test-machine.ts';
import { pause } from './pause.ts';

test.for(['TERM', 'INT'] as const)('SIG%s ends it with 0, also as PID 1', (signal) => {
  const machine = testMachine();
  const outcome = machine.start(pause, { argv: ['/pause'], namespaces: { pid: machine.host.createNamespace('pid') } });
  machine.sim.runFor(1000);
  machine.host.kill(outcome.process.hostPid, signal);
  machine.sim.runFor(10);
  expect(outcome.status).toEqual({ kind: 'exited', code: 0 });
});

test('it reaps the processes that others leave behind', () => {
  const machine = testMachine();
  const namespaces = { pid: machine.host.createNamespace('pid') };
  const outcome = machine.start(pause, { argv: ['/pause'], namespaces });
  machine.start(
    function* (process) {
      process.fork(function* (child) {
        yield* child.sleep(500);
        return 0;
      });
      return 0;
    },
    { namespaces, parentHostPid: outcome.process.hostPid },
  );
  machine.sim.runFor(5000);
  expect(machine.host.processes().map((process) => process.hostPid)).toEqual([1, outcome.process.hostPid]);
});
