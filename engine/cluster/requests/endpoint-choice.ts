import type { Notice } from '../../linux/net/netfilter/hook.ts';
import type { HookStep } from '../../linux/net/netfilter/path.ts';
import type { Rule } from '../../linux/net/netfilter/rule.ts';
import type { MatchedRule } from '../../linux/net/netfilter/walk.ts';
import type { EndpointChoice } from './request-path.ts';

/**
 * Which endpoint the rules chose: the first translation of the destination on the way, and the jump that led to it.
 * Undefined where none was made.
 */
export function endpointChoice(steps: readonly HookStep[]): EndpointChoice | undefined {
  for (const step of steps) {
    const choice = chosenByNotice(step) ?? chosenByRule(step);
    if (choice !== undefined) return choice;
  }
  return undefined;
}

/** As nftables and ipvs tell it. */
function chosenByNotice({ matched, destination }: HookStep): EndpointChoice | undefined {
  const notices = matched.filter((each): each is Notice => !('rule' in each));
  const endpoint = { ...destination };
  for (const { choice, remembered } of notices) {
    if (remembered === true) return { endpoint, reason: 'affinity', candidates: [] };
    const candidates = choice?.() ?? [];
    if (candidates.length === 0) continue;
    const named = candidates.map(({ name, ...rest }) => ({ comment: '', chain: name, ...rest }));
    return { endpoint, reason: candidates.length > 1 ? 'probability' : 'only', candidates: named };
  }
  return undefined;
}

function chosenByRule({ matched: all, destination }: HookStep): EndpointChoice | undefined {
  const matched = all.filter((each): each is MatchedRule => 'rule' in each);
  const at = matched.findIndex(({ rule }) => rule.target?.kind === 'DNAT');
  if (at < 0) return undefined;
  const { chain } = matched[at]!;
  const jump = matched
    .slice(0, at)
    .findLast(({ rule: { target } }) => target?.kind === 'chain' && target.chain === chain);
  const endpoint = { ...destination };
  if (jump === undefined) return { endpoint, reason: 'only', candidates: [] };
  const candidates = candidatesOf(jump);
  if (jump.rule.matches.some(({ kind }) => kind === 'recent')) return { endpoint, reason: 'affinity', candidates };
  return { endpoint, reason: candidates.length > 1 ? 'probability' : 'only', candidates };
}

/** The rules of the chain that lead to an endpoint each, with what each gets of all. */
function candidatesOf({ among, rule }: MatchedRule): EndpointChoice['candidates'] {
  const chosen = chainOf(rule);
  let left = 1;
  return among.filter(isDraw).map((each) => {
    const drawn = each.matches.find((match) => match.kind === 'random');
    const probability = left * (drawn === undefined ? 1 : drawn.probability / 2 ** 31);
    left -= probability;
    return { comment: commentOf(each), chain: chainOf(each), probability, chosen: chainOf(each) === chosen };
  });
}

/** A jump by lot, or the last one, which takes what is left. A jump for clients that were seen lately draws nothing. */
function isDraw({ target, matches }: Rule): boolean {
  return target?.kind === 'chain' && matches.every(({ kind }) => kind === 'comment' || kind === 'random');
}

function chainOf({ target }: Rule): string {
  return target?.kind === 'chain' ? target.chain : '';
}

function commentOf({ matches }: Rule): string {
  return matches.find((match) => match.kind === 'comment')?.text ?? '';
}
