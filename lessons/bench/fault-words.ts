import type { ClusterInput } from '@drydock/engine';

/** How a lesson says what is to be broken; Pods may be named by the beginning of their name. */
const FAULT_WORDS = [
  'kill container <pod> <container> [signal]',
  'kill process <host> <process> [signal]',
  'power off <host>',
  'power on <host>',
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
    return { kind: 'fault', fault: { type: `power-${first}`, host: second } };
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
