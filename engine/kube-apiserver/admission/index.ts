import type { AdmissionPlugin } from './admission.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { priority } from './priority.ts';
import { serviceAccount } from './service-account.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

/** Every plugin there is, in the order of the real server (AllOrderedPlugins in pkg/kubeapiserver/options/plugins.go). */
const ADMISSION_PLUGINS: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  serviceAccount,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
];

/** What is off unless asked for. */
const OFF_BY_DEFAULT: ReadonlySet<string> = new Set(['NodeRestriction', 'DenyServiceExternalIPs']);

/** `--enable-admission-plugins` and `--disable-admission-plugins`. */
export interface AdmissionFlags {
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
}

/**
 * The plugins that are on, in their order.
 *
 * @throws Error for a name that is none, in the words of the real command.
 */
export function selectAdmissionPlugins({ enable = [], disable = [] }: AdmissionFlags): readonly AdmissionPlugin[] {
  for (const [flag, names] of [
    ['enable', enable],
    ['disable', disable],
  ] as const) {
    const unknown = names.find((name) => !ADMISSION_PLUGINS.some((plugin) => plugin.name === name));
    if (unknown !== undefined) throw new Error(`${flag}-admission-plugins plugin "${unknown}" is unknown`);
  }
  return ADMISSION_PLUGINS.filter(
    ({ name }) => enable.includes(name) || (!OFF_BY_DEFAULT.has(name) && !disable.includes(name)),
  );
}
