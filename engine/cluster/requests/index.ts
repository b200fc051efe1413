import type { Host } from '../../linux/host.ts';
import type { Flow } from '../../linux/net/flow-log.ts';
import { describeRequest, describeRequests, lookupOf, type Places, placeOf } from './describe.ts';
import { type RunningProbe, startProbe } from './probe.ts';
import type { RequestFilter, RequestPath, RequestProbe } from './request-path.ts';

/** Tells what became of requests; loaded late, since nobody asks before the first input. */
export interface RequestFollower {
  describe(flows: readonly Flow[], places: Places, filter: RequestFilter): readonly RequestPath[];
  startProbe(host: Host, probe: RequestProbe, insideOf: number | undefined): RunningProbe;
  /** What became of a probe that is done. `flows` are those since it began. */
  outcome(flows: readonly Flow[], probe: RequestProbe, pid: number, places: Places): RequestPath;
}

export const requestFollower: RequestFollower = {
  describe: describeRequests,
  startProbe,
  outcome(flows, probe, pid, places) {
    const own = flows.filter(({ sender }) => sender?.pid === pid);
    const sent = own.findLast((flow) => flow.question === undefined || probe.protocol === 'udp');
    return sent === undefined ? unknownHost(own, probe, places) : describeRequest(sent, flows, places);
  },
};

/** The name led to no address, so nothing was sent to it. */
function unknownHost(questions: readonly Flow[], probe: RequestProbe, places: Places): RequestPath {
  const [first] = questions;
  return {
    number: 0,
    protocol: probe.protocol ?? 'tcp',
    beganMs: first?.beganMs ?? 0,
    from: first === undefined ? { kind: 'machine', name: '', host: '' } : placeOf(first.from, places),
    source: { address: '', port: 0 },
    destination: { address: '', port: probe.port ?? 0 },
    lookups: questions.map(lookupOf).filter((lookup) => lookup !== undefined),
    tries: 0,
    hops: [],
    outcome: { kind: 'failed', reason: 'unknown host', message: `${probe.host} has no address` },
  };
}
