import type { Cluster, RequestPath } from '@drydock/engine';
import { doorsOf } from './outline.ts';
import type { Reference } from './reference.ts';

/** A request that somebody sent who is not part of the system, with the Service that it was addressed to. */
export interface FollowedRequest extends RequestPath {
  readonly service?: Reference;
}

/**
 * The last requests of the learner's Pods, of shells on the machines and of the workstation, the newest first. A question to
 * a name server is part of what it was asked for, unless nothing else came of it.
 *
 * @param from a Pod, or all whose names begin so, or a machine; everybody unless told
 */
export function requestsOf(cluster: Cluster, most: number, from = ''): readonly FollowedRequest[] {
  const sent = cluster.requests({ besidesSystem: true }).filter((request) => request.from.name.startsWith(from));
  const asked = new Set(sent.flatMap(({ lookups }) => lookups.map(({ request }) => request)));
  // A name that is not known is asked for with each ending of the search path.
  const lastOf = new Map(sent.map((request) => [senderOf(request), request.number]));
  const doors = doorsOf(cluster);
  return sent
    .filter((request) => !isQuestion(request) || lastOf.get(senderOf(request)) === request.number)
    .filter(({ number }) => !asked.has(number))
    .slice(-most)
    .reverse()
    .map((request) => {
      const { address, port } = request.destination;
      const door = doors.find(
        (each) => (address !== '' && each.address === address) || each.ports.some((text) => text.endsWith(`:${port}`)),
      );
      if (door === undefined) return request;
      return { ...request, service: { kind: 'Service', namespace: door.namespace, name: door.name } };
    });
}

function senderOf({ from, process }: RequestPath): string {
  return `${from.host} ${process?.pid}`;
}

function isQuestion({ protocol, destination }: RequestPath): boolean {
  return protocol === 'udp' && destination.port === 53;
}
