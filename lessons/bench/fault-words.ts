import type { ClusterInput } from '@drydock/engine';

/**
 * How a lesson says what is to be broken; Pods may be named by the beginning of their name, and a machine by the claim
 * whose disk is on it: where the scheduler puts a Pod is no lesson's to say.
 */
const FAULT_WORDS = [
  'kill container <pod> <container> [signal]',
  'kill process <host> <process> [signal]',
  'power off <host>',
  'power on <host>',
  'power off machine of <claim>',
  'power on machine of <claim>',
  'move <host> <from> <to>',
  'xid <host> <gpu> <number>',
  'unplug <host> <gpu>',
] as const;

/**
 * Reads such words as an input.
 *
 * @throws Error that says what would have been understood.
 */
export function readFault(words: string): Extract<ClusterInput, { kind: 'fault' }> {
  const [verb = '', ...rest] = words.trim().split(/\s+/);
  const [first = '', second = '', third = '', signal] = rest;
  if (verb === 'kill' && first === 'container' && third !== '') {
    const [pod = '', namespace = 'default'] = second.split('/').toReversed();
    return { kind: 'fault', fault: { type: 'kill-container', namespace, pod, container: third, signal } };
  }
  if (verb === 'kill' && first === 'process' && third !== '') {
    return { kind: 'fault', fault: { type: 'kill-process', host: second, process: third, signal } };
  }
  if (verb === 'power' && (first === 'off' || first === 'on') && second !== '') {
    const host = second === 'machine' && third === 'of' && signal !== undefined ? `${MACHINE_OF}${signal}` : second;
    return { kind: 'fault', fault: { type: `power-${first}`, host } };
  }
  if (verb === 'move' && third !== '') {
    return { kind: 'fault', fault: { type: 'move-file', host: first, from: second, to: third } };
  }
  if (verb === 'xid' && Number.isInteger(Number(second)) && Number(third) > 0) {
    return { kind: 'fault', fault: { type: 'gpu-xid', host: first, gpu: Number(second), xid: Number(third) } };
  }
  if (verb === 'unplug' && second !== '' && Number.isInteger(Number(second))) {
    return { kind: 'fault', fault: { type: 'gpu-unplug', host: first, gpu: Number(second) } };
  }
  throw new Error(`"${words}" breaks nothing; what can be said: ${FAULT_WORDS.join('; ')}`);
}

/** A host that is found only when the button is pressed. */
const MACHINE_OF = 'machine of ';

/** Where the scheduler writes which machine a claim's disk is to be on. */
export const DISK_MACHINE = 'metadata.annotations."volume.kubernetes.io/selected-node"';

/** The claim by which the words name a machine, as `fieldOf` takes it; undefined where they do not. */
export function claimOfMachine({ fault }: ReturnType<typeof readFault>): string | undefined {
  if (!('host' in fault) || !fault.host.startsWith(MACHINE_OF)) return undefined;
  return `persistentvolumeclaim ${fault.host.slice(MACHINE_OF.length)}`;
}

/** The fault on the machine with this name. */
export function onMachine(input: ReturnType<typeof readFault>, host: string): ReturnType<typeof readFault> {
  return 'host' in input.fault ? { kind: 'fault', fault: { ...input.fault, host } } : input;
}
