import type { ErrnoCode } from '../../linux/errno.ts';
import type { Attachment } from '../../linux/net/attachment.ts';
import type { Flow } from '../../linux/net/flow-log.ts';
import type { HookStep } from '../../linux/net/netfilter/path.ts';
import { ruleText } from '../../linux/net/netfilter/rule-text.ts';
import type { RequestOutcome, RequestPlace } from './request-path.ts';

type Failure = Extract<RequestOutcome, { kind: 'failed' }>;
type PlaceOf = (attachment: Attachment) => RequestPlace;

/** What became of it, and by whom. */
export function outcomeOf(flow: Flow, placeOf: PlaceOf): RequestOutcome {
  const { outcome } = flow;
  const killer = killerOf(flow, placeOf);
  if (outcome === undefined || outcome.kind === 'abandoned') {
    // A datagram that was dropped is never heard of again: its sender cannot know, but here it is known.
    return killer ?? { kind: outcome?.kind ?? 'pending' };
  }
  if (outcome.kind !== 'failed') return { kind: outcome.kind };
  return (
    killer ?? { kind: 'failed', reason: REASONS[outcome.code] ?? 'timed out', message: sentence(flow, outcome.code) }
  );
}

const REASONS: Readonly<Partial<Record<ErrnoCode, Failure['reason']>>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'no route',
  EPERM: 'not permitted',
};

function sentence({ destination, from }: Flow, code: ErrnoCode): string {
  if (code === 'ENETUNREACH') return `${from.label ?? from.hostName} has no route to ${destination.address}`;
  if (code === 'EHOSTUNREACH') return `${destination.address} cannot be reached`;
  return `no answer from ${destination.address}`;
}

/** Undefined where the packet came through. */
function killerOf(flow: Flow, placeOf: PlaceOf): Failure | undefined {
  const { last, obstacle } = flow;
  if (last === undefined) return undefined;
  const { end } = last.result;
  const destination = `${last.destination.address}:${last.destination.port}`;
  if (end.kind === 'dropped' || end.kind === 'rejected') {
    const step = last.steps.findLast((one) => one.kind === 'hook');
    const rule = step === undefined ? undefined : fatalRule(step);
    const words = end.kind === 'dropped' ? 'dropped' : 'rejected';
    const where = placeOf(end.at);
    return {
      kind: 'failed',
      reason: end.kind === 'dropped' ? 'dropped' : 'refused',
      message: `${words} on ${where.name}${rule === undefined ? '' : ` by ${rule.chain} of the table ${rule.table}`}`,
      where,
      ...(rule !== undefined && { rule }),
    };
  }
  if (end.kind === 'lost') {
    const { address } = last.destination;
    const where = placeOf(end.at);
    if (end.why === 'no route')
      return { kind: 'failed', reason: 'no route', message: `${where.name} has no route to ${address}`, where };
    if (end.why === 'unreachable')
      return { kind: 'failed', reason: 'host unreachable', message: `nobody has the address ${address}`, where };
    return {
      kind: 'failed',
      reason: 'timed out',
      message: `nobody behind the default route answers for ${address}`,
      where,
    };
  }
  return obstacle === undefined
    ? undefined
    : { kind: 'failed', ...OBSTACLES[obstacle](destination), where: whereLost(flow, placeOf) };
}

const OBSTACLES: Readonly<Record<NonNullable<Flow['obstacle']>, (to: string) => Pick<Failure, 'reason' | 'message'>>> =
  {
    'nobody listens': (to) => ({ reason: 'refused', message: `nobody listens on ${to}` }),
    'backlog full': (to) => ({ reason: 'timed out', message: `too many wait already to be accepted on ${to}` }),
    'lost on the way': (to) => ({ reason: 'timed out', message: `nothing gets through to ${to}` }),
  };

/** The last stack that was reached. */
function whereLost({ last }: Flow, placeOf: PlaceOf): RequestPlace {
  const { result, arrivalsMs } = last!;
  const reached = arrivalsMs.findLastIndex((arrivedMs) => arrivedMs !== undefined);
  return placeOf(result.path[Math.max(0, reached)]!);
}

/** The rule, or else the policy of a chain, that let the packet go no further. */
function fatalRule({ matched, policyOf }: HookStep): Failure['rule'] {
  if (policyOf !== undefined) return { ...policyOf, text: '-P DROP' };
  const fatal = matched.at(-1);
  if (fatal === undefined) return undefined;
  const text = 'rule' in fatal ? ruleText(fatal.rule) : fatal.text();
  return { table: fatal.table, chain: fatal.chain, text };
}
