import { expect, test } from 'vitest';
import { bytes, testMachine, text } from '../linux/kernel/test-machine.ts';
import { Channel } from '../sim/index.ts';
import { firstOf } from './stream.ts';

// A process pays for computing a quantum at a time, 200 steps of it: wherever that falls, nothing may be missed.
const PHASES = Array.from({ length: 400 }, (_, phase) => 100 + phase / 4);

test.each(['input', 'item'])(
  'who waits for input and for an item at once hears of the %s, whenever it is pre-empted',
  (what) => {
    const machine = testMachine();
    const heard: number[] = [];
    for (const phase of PHASES) {
      const channel = new Channel<string>();
      machine.start(function* (process) {
        const [read, write] = process.pipe();
        process.fork(function* (child) {
          yield* child.sleep(20);
          if (what === 'input') yield* child.write(write, bytes('key'));
          else channel.send('item');
          yield* child.sleep(1000);
          return 0;
        });
        yield* process.compute(phase);
        const first = yield* firstOf(process.poll([read]), channel.receive());
        const came = 'right' in first ? first.right : text(yield* process.read(read));
        if (came === (what === 'input' ? 'key' : 'item')) heard.push(phase);
        return 0;
      });
    }
    machine.sim.runFor(10_000);
    expect(PHASES.filter((phase) => !heard.includes(phase))).toEqual([]);
  },
);
