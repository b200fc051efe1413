import { DEFAULT_POLICY, FORWARD, INPUT, OUTPUT, podChain, policyChain } from './names.ts';
import { ALLOWED } from './policy-chains.ts';
import type { PodInfo, PolicyInfo } from './policy-info.ts';

/** What complies to all policies bears this when it leaves a Pod's chain, and is accepted in the end. */
export const COMPLIES = '0x20000/0x20000';

export interface PodFirewalls {
  readonly chains: ReadonlySet<string>;
  readonly lines: readonly string[];
}

/**
 * A chain for each Pod of the node that a policy selects: what no policy marks as allowed is rejected there. Answers pass,
 * and what comes from the node itself, so that the kubelet can probe. After kube-router's pkg/controllers/netpol/pod.go,
 * without the rules for bridged frames (here they pass the same chain as routed packets) and without logging; and, as
 * kube-router did it before 1.3, only Pods that a policy selects have a chain.
 */
export function podFirewalls(policies: readonly PolicyInfo[], nodeName: string): PodFirewalls {
  const pods = new Map<string, PodInfo>();
  for (const { targets } of policies) {
    for (const pod of targets) if (pod.nodeName === nodeName) pods.set(podChain(pod), pod);
  }
  return {
    chains: new Set(pods.keys()),
    lines: [...pods.values()].flatMap((pod) => [...guard(pod, policies), ...intercept(pod)]),
  };
}

function guard(pod: PodInfo, policies: readonly PolicyInfo[]): readonly string[] {
  const rule = ruleWriter(podChain(pod));
  const selecting = policies.filter(({ targets }) => targets.some(({ ip }) => ip === pod.ip));
  const about = `POD name:${pod.name} namespace: ${pod.namespace}`;
  const defaults = (['ingress', 'egress'] as const).filter((direction) =>
    selecting.every((policy) => policy[direction] === undefined),
  );
  return [
    rule('', 'rule for stateful firewall for pod', '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'),
    rule('', 'rule to drop invalid state for pod', '-m conntrack --ctstate INVALID -j DROP'),
    rule(
      `-d ${pod.ip}`,
      "rule to permit the traffic traffic to pods when source is the pod's local node",
      '-m addrtype --src-type LOCAL -j ACCEPT',
    ),
    ...selecting.map((policy) =>
      rule(side(policy, pod), `run through nw policy ${policy.name}`, `-j ${policyChain(policy)}`),
    ),
    ...defaults.map((direction) =>
      rule(
        `${direction === 'ingress' ? '-d' : '-s'} ${pod.ip}`,
        `run through default ${direction} network policy chain`,
        `-j ${DEFAULT_POLICY}`,
      ),
    ),
    rule('', `rule to REJECT traffic destined for ${about}`, `-m mark ! --mark ${ALLOWED} -j REJECT`),
    `-A ${podChain(pod)} -j MARK --set-xmark 0x0/0x10000`,
    rule('', 'set mark to ACCEPT traffic that comply to network policies', `-j MARK --set-xmark ${COMPLIES}`),
  ];
}

/** A policy about one direction only is asked for that direction only. */
function side({ ingress, egress }: PolicyInfo, { ip }: PodInfo): string {
  if (egress === undefined) return `-d ${ip}`;
  return ingress === undefined ? `-s ${ip}` : '';
}

/** How packets to and from the Pod come to its chain. */
function intercept(pod: PodInfo): readonly string[] {
  const chain = podChain(pod);
  const inward = `rule to jump traffic destined to POD name:${pod.name} namespace: ${pod.namespace} to chain ${chain}`;
  const outward = `rule to jump traffic from POD name:${pod.name} namespace: ${pod.namespace} to chain ${chain}`;
  return [
    ...[FORWARD, OUTPUT].map((from) => ruleWriter(from)(`-d ${pod.ip}`, inward, `-j ${chain}`)),
    ...[INPUT, FORWARD, OUTPUT].map((from) => ruleWriter(from)(`-s ${pod.ip}`, outward, `-j ${chain}`)),
  ];
}

function ruleWriter(chain: string): (condition: string, comment: string, rest: string) => string {
  return (condition, comment, rest) =>
    [`-A ${chain}`, condition, `-m comment --comment "${comment}"`, rest].filter((word) => word !== '').join(' ');
}
