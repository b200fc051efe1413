import { DnsFormatError, type DnsMessage, decodeMessage } from '../../linux/dns/message.ts';
import type { Attachment } from '../../linux/net/attachment.ts';
import type { Flow } from '../../linux/net/flow-log.ts';
import type { Notice } from '../../linux/net/netfilter/hook.ts';
import type { HookStep } from '../../linux/net/netfilter/path.ts';
import { ruleText } from '../../linux/net/netfilter/rule-text.ts';
import type { MatchedRule } from '../../linux/net/netfilter/walk.ts';
import type { Route } from '../../linux/syscalls.ts';
import { endpointChoice } from './endpoint-choice.ts';
import { outcomeOf } from './outcome.ts';
import type {
  HookPass,
  NameLookup,
  RequestFilter,
  RequestHop,
  RequestPath,
  RequestPlace,
  RulePass,
} from './request-path.ts';

/** What the places are called. */
export interface Places {
  /** Whether a machine is a node of the cluster. */
  isNode(hostName: string): boolean;
}

const DNS_PORT = 53;

/** The requests that fit, the newest last. */
export function describeRequests(flows: readonly Flow[], places: Places, filter: RequestFilter): RequestPath[] {
  return flows.filter((flow) => fits(flow, filter)).map((flow) => describeRequest(flow, flows, places));
}

function fits(flow: Flow, { from, address, port, protocol, sinceMs, command, besidesSystem }: RequestFilter): boolean {
  const name = flow.from.label?.split('/')[1] ?? flow.from.hostName;
  return (
    (from === undefined || name === from) &&
    (address === undefined || flow.destination.address === address) &&
    (port === undefined || flow.destination.port === port) &&
    (protocol === undefined || flow.protocol === protocol) &&
    (sinceMs === undefined || flow.beganMs >= sinceMs) &&
    (besidesSystem !== true || !isSystems(flow)) &&
    (command === undefined || flow.sender?.argv[0]?.split('/').at(-1) === command)
  );
}

/** Whether a component of the cluster sent it. A machine's own daemons run inside its first process. */
function isSystems({ from, sender }: Flow): boolean {
  return from.label === undefined ? sender?.argv[0] === '/sbin/init' : from.label.startsWith('kube-');
}

export function describeRequest(flow: Flow, flows: readonly Flow[], places: Places): RequestPath {
  const { last, sender, endedMs, closedMs } = flow;
  const choice = endpointChoice(hookSteps(flow));
  return {
    number: flow.number,
    protocol: flow.protocol,
    beganMs: toMicroseconds(flow.beganMs),
    ...(endedMs !== undefined && { endedMs: toMicroseconds(endedMs) }),
    ...(closedMs !== undefined && { closedMs: toMicroseconds(closedMs) }),
    from: placeOf(flow.from, places),
    ...(sender !== undefined && { process: { pid: sender.pid, argv: [...sender.argv] } }),
    source: { ...flow.source },
    destination: { ...flow.destination },
    lookups: lookupsBefore(flow, flows),
    tries: flow.tries,
    hops: hopsOf(flow, places),
    ...(choice !== undefined && { choice }),
    ...(last !== undefined && { arrived: { source: { ...last.source }, destination: { ...last.destination } } }),
    outcome: outcomeOf(flow, (attachment) => placeOf(attachment, places)),
  };
}

export function placeOf({ label, hostName }: Attachment, places: Places): RequestPlace {
  if (label === undefined)
    return { kind: places.isNode(hostName) ? 'node' : 'machine', name: hostName, host: hostName };
  const [namespace = '', name = ''] = label.split('/');
  return { kind: 'pod', name, namespace, host: hostName };
}

function hookSteps(flow: Flow): readonly HookStep[] {
  return flow.last?.steps.filter((step) => step.kind === 'hook') ?? [];
}

/** A stack that is passed twice is two hops: the steps of each are those up to the next route. */
function hopsOf(flow: Flow, places: Places): RequestHop[] {
  const { last } = flow;
  if (last === undefined) return [{ place: placeOf(flow.from, places), arrivedMs: 0, hooks: [] }];
  let at = 0;
  let inInterface: string | undefined;
  return last.result.path.map((attachment, index) => {
    const hooks: HookPass[] = [];
    let route: RequestHop['route'];
    const cameInBy = inInterface;
    inInterface = undefined;
    while (at < last.steps.length && route === undefined) {
      const step = last.steps[at++]!;
      if (step.kind === 'hook') hooks.push(hookPass(step));
      else {
        route = {
          outInterface: step.route.interfaceName,
          text: routeText(step.route),
          ...(step.next !== undefined && { to: placeOf(step.next, places) }),
        };
        inInterface = step.inInterface;
      }
    }
    const arrivedMs = last.arrivalsMs[index];
    return {
      place: placeOf(attachment, places),
      ...(arrivedMs !== undefined && { arrivedMs: toMicroseconds(arrivedMs) }),
      ...(cameInBy !== undefined && { inInterface: cameInBy }),
      hooks,
      ...(route !== undefined && { route }),
    };
  });
}

function hookPass({ hook, matched, examined, source, destination, verdict }: HookStep): HookPass {
  return {
    hook,
    rules: matched.map(rulePass),
    examined,
    source: { ...source },
    destination: { ...destination },
    verdict: typeof verdict === 'string' ? verdict : 'REJECT',
  };
}

function rulePass(matched: MatchedRule | Notice): RulePass {
  const { table, chain, number, packets } = matched;
  if (!('rule' in matched)) {
    const { text, target } = matched;
    return { table, chain, number, text: text(), packets, ...(target !== undefined && { target }) };
  }
  const { rule } = matched;
  const { target } = rule;
  const name = target === undefined ? undefined : targetName(target);
  return { table, chain, number, text: ruleText(rule), packets, ...(name !== undefined && { target: name }) };
}

function targetName(target: NonNullable<MatchedRule['rule']['target']>): string {
  if (target.kind === 'chain') return target.chain;
  return target.kind === 'verdict' ? target.verdict : target.kind;
}

/** As `ip route get` has it. */
function routeText({ destination, prefixLength, gateway, interfaceName }: Route): string {
  const network = prefixLength === 0 ? 'default' : `${destination}/${prefixLength}`;
  return `${network}${gateway === undefined ? '' : ` via ${gateway}`} dev ${interfaceName}`;
}

/** Without what adding up leaves behind the sixth digit. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** What the same process asked name servers since it last sent anything else. */
function lookupsBefore(flow: Flow, flows: readonly Flow[]): NameLookup[] {
  if (flow.sender === undefined || flow.destination.port === DNS_PORT) return [];
  const lookups: NameLookup[] = [];
  for (let index = flows.indexOf(flow) - 1; index >= 0; index--) {
    const earlier = flows[index]!;
    if (earlier.from.hostName !== flow.from.hostName || earlier.sender?.pid !== flow.sender.pid) continue;
    const lookup = lookupOf(earlier);
    if (lookup === undefined) break;
    lookups.unshift(lookup);
  }
  return lookups;
}

/** Undefined for what is no question to a name server. */
export function lookupOf(flow: Flow): NameLookup | undefined {
  const asked = decoded(flow.question)?.question;
  if (asked === undefined) return undefined;
  const answer = decoded(flow.answer);
  const answers = (answer?.answers ?? []).map(({ name, type, data }) => ({ name, type, data }));
  return {
    ...asked,
    server: { ...flow.destination },
    ...(answer !== undefined && { code: answer.code }),
    answers,
    ...(answer !== undefined && flow.endedMs !== undefined && { tookMs: toMicroseconds(flow.endedMs - flow.beganMs) }),
    request: flow.number,
  };
}

function decoded(data: Uint8Array | undefined): DnsMessage | undefined {
  if (data === undefined) return undefined;
  try {
    return decodeMessage(data);
  } catch (error) {
    if (!(error instanceof DnsFormatError)) throw error;
    return undefined;
  }
}
