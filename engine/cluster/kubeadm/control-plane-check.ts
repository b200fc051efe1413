import { Errno } from '../../linux/errno.ts';
import { formatGoDuration } from '../../linux/programs/go/duration.ts';
import { print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { phaseError } from './command.ts';

const TIMEOUT_MS = 240_000;
const LOOK_MS = 500;

/**
 * Waits until the components of this machine's control plane serve. Simplified: that somebody listens is taken for health.
 *
 * @throws KubeadmError when one does not in time
 */
export function* checkControlPlane(process: Process, address: string): Task<void> {
  const components = [
    { name: 'kube-apiserver', port: 6443, url: `https://${address}:6443/livez` },
    { name: 'kube-controller-manager', port: 10257, url: 'https://127.0.0.1:10257/healthz' },
    { name: 'kube-scheduler', port: 10259, url: 'https://127.0.0.1:10259/livez' },
  ];
  const say = (text: string) => print(process, `[control-plane-check] ${text}\n`);
  yield* say('Waiting for healthy control plane components. This can take up to 4m0s');
  for (const { name, url } of components) yield* say(`Checking ${name} at ${url}`);
  const beganMs = process.now();
  let waiting = components;
  while (waiting.length > 0) {
    const left: typeof components = [];
    for (const component of waiting) {
      if (yield* serves(process, component.port))
        yield* say(`${component.name} is healthy after ${formatGoDuration(process.now() - beganMs)}`);
      else left.push(component);
    }
    waiting = left;
    if (waiting.length > 0 && process.now() - beganMs >= TIMEOUT_MS) {
      for (const { name } of waiting) yield* say(`${name} is not healthy after 4m0s`);
      const [{ name, url } = components[0]!] = waiting;
      throw phaseError(
        'wait-control-plane',
        `failed while waiting for the control plane to start: ${name} check failed at ${url}`,
      );
    }
    if (waiting.length > 0) yield* process.sleep(LOOK_MS);
  }
}

function* serves(process: Process, port: number): Task<boolean> {
  try {
    process.close(yield* process.connect('127.0.0.1', port));
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}
