import type { Pod, Toleration } from '../../api/kinds.ts';
import type { AdmissionPlugin } from './admission.ts';

/** `--default-not-ready-toleration-seconds` and its twin; five minutes unless told. */
export interface TolerationSeconds {
  readonly notReady?: number;
  readonly unreachable?: number;
}

const SECONDS = 300;
const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';

/** A Pod stays for a while on a node that does not answer, unless it says otherwise. */
export function defaultTolerationSeconds({ notReady, unreachable }: TolerationSeconds = {}): AdmissionPlugin {
  const defaults = [defaultFor(NOT_READY, notReady), defaultFor(UNREACHABLE, unreachable)];
  return {
    name: 'DefaultTolerationSeconds',
    resources: ['pods'],
    admit({ operation }, object) {
      if (operation === 'DELETE' || object === undefined) return object;
      const pod = object as Pod;
      const tolerations = pod.spec?.tolerations;
      if (tolerations === undefined || tolerations.length === 0) {
        return { ...pod, spec: { ...pod.spec, tolerations: [...defaults] } };
      }
      const missing = defaults.filter(({ key }) => !tolerations.some((toleration) => tolerates(toleration, key!)));
      if (missing.length === 0) return pod;
      return { ...pod, spec: { ...pod.spec, tolerations: [...tolerations, ...missing] } };
    },
  };
}

function defaultFor(key: string, tolerationSeconds = SECONDS): Toleration {
  return { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds };
}

/** An empty key tolerates every taint, an empty effect every effect. */
function tolerates({ key, effect }: Toleration, taint: string): boolean {
  return (key === taint || !key) && (effect === 'NoExecute' || !effect);
}
