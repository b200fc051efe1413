import type { Cluster, Event, TraceEntry } from '@drydock/engine';
import type { Reference } from './reference.ts';

/** Something that happened, as the timeline shows it. */
export interface HistoryMark {
  readonly timeMs: number;
  readonly kind: 'event' | 'warning' | 'fault' | 'command' | 'refused';
  /** Of an event its reason, of a fault what it was, of a command the line that was typed, of a refused request its line. */
  readonly text: string;
  /** What an event or the API server says, in full. */
  readonly message?: string;
  /** Where in the API server a request was refused, and whose it was. */
  readonly refusal?: { readonly by: RefusedBy; readonly user: string };
  /** What it is about. */
  readonly object?: Reference;
}

/**
 * The steps of the API server that may refuse a request, in their order:
 * https://kubernetes.io/docs/concepts/security/controlling-access/
 */
type RefusedBy = 'authentication' | 'authorization' | 'decoding' | 'admission' | 'validation' | 'storage';

/** What a terminal or the journal adds to a line that is being typed. */
const ENDS_LINE = /[\r\n]/;

/** Follows a cluster's trace and keeps what a person would call events; looks only at what is new since the last time. */
export class HistoryMarks {
  readonly #cluster: Cluster;
  readonly #marks: HistoryMark[] = [];
  readonly #lines = new Map<string, string>();
  #seen = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** All marks so far, oldest first; `from` leaves out those that are known already. */
  since(from: number): readonly HistoryMark[] {
    const { trace } = this.#cluster.sim;
    const { entries, recorded } = trace;
    for (const entry of entries.slice(Math.max(0, entries.length - (recorded - this.#seen)))) this.#add(entry);
    this.#seen = recorded;
    return this.#marks.slice(from);
  }

  #add(entry: TraceEntry): void {
    const { timeMs, kind, subject, detail, revision } = entry;
    if (kind === 'etcd.put' && subject.startsWith('/registry/events/')) this.#addEvent(timeMs, subject, revision);
    if (kind === 'input' && subject === 'fault')
      this.#marks.push({ timeMs, kind: 'fault', text: faultInWords(detail) });
    if (kind === 'request.refused') this.#addRefusal(entry);
    if (kind === 'input' && subject === 'terminal.input') this.#addTyped(timeMs, detail);
  }

  #addEvent(timeMs: number, key: string, revision: number | undefined): void {
    const stored = this.#cluster.stored(key, revision).find((each) => each.key === key);
    if (stored === undefined) return;
    const { type, reason = '', message, involvedObject } = stored.value as Event;
    const { kind = '', namespace, name = '' } = involvedObject;
    if (namespace?.startsWith('kube-') === true) return;
    const mark = type === 'Warning' ? 'warning' : 'event';
    this.#marks.push({ timeMs, kind: mark, text: reason, message, object: { kind, namespace, name } });
  }

  /** Components are refused all the time, by conflicts; people, and the service accounts they made, want to know why. */
  #addRefusal({ timeMs, subject, detail, activity }: TraceEntry): void {
    const user = activity?.user ?? '';
    if (user === '' || /^system:(?!serviceaccount:(?!kube-)|anonymous)/.test(user)) return;
    const [, code = '', message = ''] = /^(\d+) ([\s\S]*)$/.exec(detail) ?? [];
    this.#marks.push({
      timeMs,
      kind: 'refused',
      text: subject,
      message,
      refusal: { by: refusedBy(code, message), user },
    });
  }

  /** Keys make lines; what the shell's editor did to a line is not followed, so this is what was typed, not what ran. */
  #addTyped(timeMs: number, detail: string): void {
    const { terminal = '', text = '' } = JSON.parse(detail) as { terminal?: string; text?: string };
    const line = (this.#lines.get(terminal) ?? '') + text;
    if (!ENDS_LINE.test(line)) {
      this.#lines.set(terminal, line);
      return;
    }
    this.#lines.delete(terminal);
    const typed = line.replace(/\u001b\[?[A-Z~\d;]*|[\u0000-\u001f\u007f]/g, '').trim();
    if (typed !== '') this.#marks.push({ timeMs, kind: 'command', text: typed });
  }
}

function faultInWords(detail: string): string {
  const { fault } = JSON.parse(detail) as { fault: Readonly<Record<string, string>> };
  const { type, namespace: _, ...rest } = fault;
  return [type?.replaceAll('-', ' '), ...Object.values(rest)].join(' ');
}

/** Authorization says what the user cannot do; what else is forbidden, a plugin of admission has forbidden. */
function refusedBy(code: string, message: string): RefusedBy {
  if (code === '401') return 'authentication';
  if (code === '403') return / is forbidden: User ".*" cannot /.test(message) ? 'authorization' : 'admission';
  if (code === '422') return 'validation';
  return code === '409' ? 'storage' : 'decoding';
}
