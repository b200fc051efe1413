import { DnsFormatError, type DnsMessage, type DnsRecord, decodeMessage } from '../../dns/message.ts';

const FAILURES: Readonly<Record<string, string>> = {
  FORMERR: ' FormErr',
  SERVFAIL: ' ServFail',
  NXDOMAIN: ' NXDomain',
  NOTIMP: ' NotImp',
  REFUSED: ' Refused',
};

/**
 * A DNS message on a line: `4711+ A? web.default.svc.cluster.local. (47)` or `4711* 1/0/0 A 10.96.0.10 (92)`.
 * Behind the number stand `+` for recursion wanted, `*` for an authoritative answer, `-` for no recursion to be had, `|` for
 * an answer that is cut short. Undefined where it is none.
 */
export function dnsText(data: Uint8Array, length: number): string | undefined {
  let message: DnsMessage;
  try {
    message = decodeMessage(data);
  } catch (error) {
    if (error instanceof DnsFormatError) return undefined;
    throw error;
  }
  const { id, question, edns } = message;
  if (message.response) return `${answerText(message)} (${length})`;
  const extra = edns === undefined ? '' : ' [1au]';
  const asked = question === undefined ? '' : ` ${question.type}? ${dotted(question.name)}`;
  return `${id}${message.recursionDesired ? '+' : ''}${extra}${asked} (${length})`;
}

function answerText(message: DnsMessage): string {
  const { id, code, answers, authority, additional, edns } = message;
  const marks = [
    message.authoritative ? '*' : '',
    message.recursionAvailable ? '' : '-',
    message.truncated ? '|' : '',
  ].join('');
  const counts = `${answers.length}/${authority.length}/${additional.length + (edns === undefined ? 0 : 1)}`;
  const records = answers.map((record) => ` ${recordText(record)}`).join(',');
  return `${id}${FAILURES[code] ?? ''}${marks} ${counts}${records}`;
}

function recordText({ type, data }: DnsRecord): string {
  switch (type) {
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return `${type} ${dotted(data)}`;
    case 'SRV': {
      const [priority = '', weight = '', port = '', target = ''] = data.split(' ');
      return `SRV ${dotted(target)}:${port} ${priority} ${weight}`;
    }
    case 'TXT':
      return `TXT ${data}`;
    default:
      return type === 'SOA' ? 'SOA' : `${type} ${data}`;
  }
}

function dotted(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}
