import type { Pod, Toleration } from '../../api/kinds.ts';
import type { AdmissionPlugin } from './admission.ts';

const SECONDS = 300;
const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';

const DEFAULTS: readonly Toleration[] = [NOT_READY, UNREACHABLE].map((key) => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: SECONDS,
}));

/** A Pod stays for five minutes on a node that does not answer, unless it says otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  admit({ operation }, object) {
    if (operation === 'DELETE' || object === undefined) return object;
    const pod = object as Pod;
    const tolerations = pod.spec?.tolerations;
    if (tolerations === undefined || tolerations.length === 0) {
      return { ...pod, spec: { ...pod.spec, tolerations: [...DEFAULTS] } };
    }
    const missing = DEFAULTS.filter(({ key }) => !tolerations.some((toleration) => tolerates(toleration, key!)));
    if (missing.length === 0) return pod;
    return { ...pod, spec: { ...pod.spec, tolerations: [...tolerations, ...missing] } };
  },
};

/** An empty key tolerates every taint, an empty effect every effect. */
function tolerates({ key, effect }: Toleration, taint: string): boolean {
  return (key === taint || !key) && (effect === 'NoExecute' || !effect);
}
