import type { DnsMessage, DnsRecord } from '../linux/dns/message.ts';
import type { Process, SocketAddress } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';

/** A question on its way through the plugins. */
export interface Query {
  readonly id: number;
  /** As asked, without the final dot; empty for the root. */
  readonly name: string;
  readonly type: string;
  readonly peer: SocketAddress;
  readonly protocol: 'udp' | 'tcp';
  readonly bytes: number;
  /** The largest datagram that the asker takes. */
  readonly udpBytes: number;
}

export interface Reply {
  readonly code: DnsMessage['code'];
  readonly authoritative: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  /** What went wrong, for the errors plugin. */
  readonly error?: string;
}

/** An answer that has to be waited for: whoever waits does so in a process of its own. */
export interface Deferred {
  readonly later: (process: Process) => Task<Reply>;
}

export type Outcome = Reply | Deferred;

export type Handler = (query: Query) => Outcome;

/** A plugin of a server: it answers a query, or asks the next one, or both. */
export type Plugin = (next: Handler) => Handler;

export function isDeferred(outcome: Outcome): outcome is Deferred {
  return 'later' in outcome;
}

/** What becomes of an answer, now or when it has come. */
export function whenAnswered(outcome: Outcome, change: (reply: Reply) => Reply): Outcome {
  if (!isDeferred(outcome)) return change(outcome);
  return {
    *later(process) {
      return change(yield* outcome.later(process));
    },
  };
}

export function emptyReply(code: DnsMessage['code'], error?: string): Reply {
  const reply = { code, authoritative: false, answers: [], authority: [], additional: [] };
  return error === undefined ? reply : { ...reply, error };
}

/** Without the final dot, in small letters: how names and zones are compared. */
export function normalName(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}

/** Whether a name is in a zone (both normal); the root holds everything. */
export function isWithin(name: string, zone: string): boolean {
  return zone === '' || name === zone || name.endsWith(`.${zone}`);
}

/** Of the zones that hold the name, the longest. */
export function zoneOf(name: string, zones: readonly string[]): string | undefined {
  let best: string | undefined;
  for (const zone of zones) if (isWithin(name, zone) && zone.length >= (best?.length ?? 0)) best = zone;
  return best;
}
