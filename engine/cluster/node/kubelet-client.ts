import { klog } from '../../linux/programs/go/runtime.ts';
import { KEY_PAIR_PROBLEMS } from '../../linux/programs/go/server-tls.ts';
import type { Process } from '../../linux/syscalls.ts';
import { readKeyPair } from '../../linux/tls.ts';
import type { Task } from '../../sim/index.ts';
import { readCertificate } from '../pki/root-certificate.ts';
import type { KubeletCaller } from './kubelet-door.ts';
import type { KubeletServer } from './kubelet-program.ts';

/** Finds the kubelet of a node, as what it is to whoever may ask it; undefined when none answers there. */
export type KubeletDialer = (nodeName: string) => KubeletServer | undefined;

/**
 * What the API server shows kubelets, as `transport.TLSConfigFor` of k8s.io/client-go reads it: nothing, unless both flags are there.
 * Undefined, with a word to stderr, for what is no pair.
 */
export function* readKubeletClient(process: Process): Task<KubeletCaller | undefined> {
  const certificate = readCertificate(process, 'kubelet-client-certificate');
  const key = readCertificate(process, 'kubelet-client-key');
  if (certificate === undefined || key === undefined) return {};
  const missing = [certificate, key].find((each) => typeof each === 'object');
  let problem = missing && `open ${missing.path}: no such file or directory`;
  if (typeof certificate === 'string' && typeof key === 'string') {
    const pair = readKeyPair(certificate, key);
    if (typeof pair === 'object') return { certificate };
    problem = KEY_PAIR_PROBLEMS[pair];
  }
  yield* klog(process, 'E', 'run.go:72', `"command failed" err=${JSON.stringify(problem)}`);
  return undefined;
}
