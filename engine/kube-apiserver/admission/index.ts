import type { AdmissionPlugin } from './admission.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { serviceAccount } from './service-account.ts';
import type { AdmissionServices } from './services.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

/** Every plugin there is, in the order of the real server (AllOrderedPlugins in pkg/kubeapiserver/options/plugins.go). */
function allPlugins(services: AdmissionServices): readonly AdmissionPlugin[] {
  return [
    namespaceLifecycle,
    limitRanger,
    serviceAccount,
    taintNodesByCondition,
    priority,
    defaultTolerationSeconds,
    resourceQuota(services),
  ];
}

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
export function selectAdmissionPlugins(
  { enable = [], disable = [] }: AdmissionFlags,
  services: AdmissionServices,
): readonly AdmissionPlugin[] {
  const plugins = allPlugins(services);
  for (const [flag, names] of [
    ['enable', enable],
    ['disable', disable],
  ] as const) {
    const unknown = names.find((name) => !plugins.some((plugin) => plugin.name === name));
    if (unknown !== undefined) throw new Error(`${flag}-admission-plugins plugin "${unknown}" is unknown`);
  }
  return plugins.filter(({ name }) => enable.includes(name) || (!OFF_BY_DEFAULT.has(name) && !disable.includes(name)));
}
