import type { ConntrackEntry, Tuple } from '../../net/netfilter/conntrack.ts';
import { print, printError } from '../../stdio.ts';
import { program, Usage } from '../program.ts';

const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1 };

/** `conntrack -L` and `-D`: the flows that the machine remembers. https://manpages.debian.org/bookworm/conntrack/conntrack.8.en.html */
export const conntrack = program(function* (process, args) {
  const { conntrack: table, nowMs } = process.packetFilter();
  const wanted = (option: string) => {
    const at = args.indexOf(option);
    return at < 0 ? undefined : args[at + 1];
  };
  const fits = ({ protocol, original }: ConntrackEntry) =>
    (wanted('-p') ?? protocol) === protocol &&
    (wanted('-s') ?? original.source.address) === original.source.address &&
    (wanted('-d') ?? original.destination.address) === original.destination.address &&
    (wanted('--dport') ?? String(original.destination.port)) === String(original.destination.port);
  const [command] = args.filter((word) => /^-[LDFCS]$|^--(dump|delete|flush|count|stats)$/.test(word));
  const found = table.entries(nowMs).filter(fits);
  switch (command) {
    case '-L':
    case '--dump':
    case undefined:
      yield* print(process, found.map((entry) => `${entryText(entry, nowMs)}\n`).join(''));
      yield* printError(process, `conntrack v1.4.7 (conntrack-tools): ${found.length} flow entries have been shown.\n`);
      return 0;
    case '-C':
    case '--count':
      yield* print(process, `${table.entries(nowMs).length}\n`);
      return 0;
    case '-S':
    case '--stats':
      yield* print(process, `cpu=0   \t${STATISTICS} \n`);
      return 0;
    case '-F':
    case '--flush':
      table.clear();
      yield* printError(process, 'conntrack v1.4.7 (conntrack-tools): connection tracking table has been emptied.\n');
      return 0;
    case '-D':
    case '--delete':
      for (const entry of found) table.delete(entry);
      yield* print(process, found.map((entry) => `${entryText(entry, nowMs)}\n`).join(''));
      yield* printError(
        process,
        `conntrack v1.4.7 (conntrack-tools): ${found.length} flow entries have been deleted.\n`,
      );
      return found.length === 0 ? 1 : 0;
    default:
      throw new Usage();
  }
});

function entryText(entry: ConntrackEntry, nowMs: number): string {
  const { protocol, original, reply, state, answered, mark } = entry;
  const number = PROTOCOL_NUMBERS[protocol]!;
  const seconds = Math.ceil((entry.expiresMs - nowMs) / 1000);
  const stateText = state === undefined ? '' : ` ${state}`;
  const unanswered = answered ? '' : ' [UNREPLIED]';
  const assured = answered ? ' [ASSURED]' : '';
  if (protocol === 'icmp') {
    const answer = echoText({ source: reply.source, destination: reply.destination }, true);
    return `icmp     1 ${seconds} ${echoText(original, false)}${unanswered} ${answer} mark=${mark} use=1`;
  }
  const head = `${protocol.padEnd(8)} ${number} ${seconds}${stateText}`;
  return `${head} ${tupleText(original)}${unanswered} ${tupleText(reply)}${assured} mark=${mark} use=1`;
}

/** Counters of each CPU; of what they count nothing ever happens here. */
const STATISTICS =
  'found=0 invalid=0 insert=0 insert_failed=0 drop=0 early_drop=0 error=0 search_restart=0 clash_resolve=0 chaintoolong=0';

/** Echo requests and their answers have an id instead of ports. */
function echoText({ source, destination }: Tuple, isAnswer: boolean): string {
  return `src=${source.address} dst=${destination.address} type=${isAnswer ? 0 : 8} code=0 id=${source.port}`;
}

function tupleText({ source, destination }: Tuple): string {
  return `src=${source.address} dst=${destination.address} sport=${source.port} dport=${destination.port}`;
}
