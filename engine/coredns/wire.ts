import { DnsFormatError, type DnsMessage, decodeMessage, encodeMessage } from '../linux/dns/message.ts';
import type { Query, Reply } from './query.ts';

// Questions out of bytes, and answers into bytes.

/** What fits into a datagram when the question does not say otherwise. */
const MAX_UDP_BYTES = 512;

interface Question {
  readonly message: DnsMessage;
  readonly query: Omit<Query, 'peer' | 'protocol'>;
}

/** Undefined for what is no question: nobody answers that. */
export function readQuestion(data: Uint8Array): Question | undefined {
  try {
    const message = decodeMessage(data);
    if (message.response || message.question === undefined) return undefined;
    const { name, type } = message.question;
    const udpBytes = Math.max(MAX_UDP_BYTES, message.edns?.udpBytes ?? 0);
    return { message, query: { id: message.id, name: name.replace(/\.$/, ''), type, bytes: data.length, udpBytes } };
  } catch (error) {
    if (error instanceof DnsFormatError) return undefined;
    throw error;
  }
}

export function answerMessage(question: DnsMessage, reply: Reply): DnsMessage {
  const { code, authoritative, answers, authority, additional } = reply;
  const recursionAvailable = !authoritative && code !== 'REFUSED';
  return { ...question, response: true, authoritative, recursionAvailable, code, answers, authority, additional };
}

/** What does not fit into what the asker takes is left out, from the end, and the message says that it is not whole. */
export function datagramOf(question: DnsMessage, reply: Reply): Uint8Array {
  let message = answerMessage(question, reply);
  const most = Math.max(MAX_UDP_BYTES, question.edns?.udpBytes ?? 0);
  let bytes = encodeMessage(message);
  if (bytes.length > most && message.additional.length > 0) {
    message = { ...message, additional: [] };
    bytes = encodeMessage(message);
  }
  while (bytes.length > most && message.answers.length > 0) {
    message = { ...message, truncated: true, answers: message.answers.slice(0, -1) };
    bytes = encodeMessage(message);
  }
  return bytes;
}
