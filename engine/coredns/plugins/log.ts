import { isWithin, normalName, type Plugin, whenAnswered } from '../query.ts';

/** Takes a line for the process's output. */
export type LogSink = (line: string) => void;

/** `[ERROR] plugin/errors: 2 name. A: reason`. https://coredns.io/plugins/errors/ */
export function errorsPlugin(write: LogSink): Plugin {
  return (next) => (query) =>
    whenAnswered(next(query), (reply) => {
      if (reply.error !== undefined) {
        const code = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 }[reply.code];
        write(`[ERROR] plugin/errors: ${code} ${query.name}. ${query.type}: ${reply.error}`);
      }
      return reply;
    });
}

/** A line a query in the common format. https://coredns.io/plugins/log/ */
export function logPlugin(zones: readonly string[], write: LogSink, now: () => number): Plugin {
  return (next) => (query) => {
    const name = normalName(query.name);
    if (!zones.some((zone) => isWithin(name, zone))) return next(query);
    const startMs = now();
    return whenAnswered(next(query), (reply) => {
      const { peer, id, type, protocol, bytes, udpBytes } = query;
      const flags = ['qr', ...(reply.authoritative ? ['aa'] : []), 'rd', ...(reply.authoritative ? [] : ['ra'])].join(
        ',',
      );
      const seconds = ((now() - startMs) / 1000 + 0.0001).toFixed(9);
      const size = bytes + reply.answers.reduce((sum, { data }) => sum + 12 + data.length, 0);
      write(
        `[INFO] ${peer.address}:${peer.port} - ${id} "${type} IN ${query.name}. ${protocol} ${bytes} false ${udpBytes}" ${reply.code} ${flags} ${size} ${seconds}s`,
      );
      return reply;
    });
  };
}
