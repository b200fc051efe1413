import { formatDate } from '../date-format.ts';
import { serveHttp } from '../http.ts';
import { print } from '../stdio.ts';
import type { Program } from '../syscalls.ts';

/** CPU that adding up a million square roots takes in PHP. */
const REQUEST_MS = 50;

/**
 * registry.k8s.io/hpa-example: an Apache whose only page computes, to be scaled by its use of CPUs.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale-walkthrough/
 */
export const hpaExample: Program = function* (process) {
  process.setMemory(12 * 1024 * 1024);
  const listener = process.listen(80);
  yield* serveHttp(process, listener, ({ method, target, version, peer, headers }) => ({
    *child(child) {
      yield* child.computeFor(REQUEST_MS);
      const time = formatDate('%d/%b/%Y:%H:%M:%S +0000', child.now());
      yield* print(
        child,
        `${peer.address} - - [${time}] "${method} ${target} HTTP/${version}" 200 177 "-" "${headers['user-agent'] ?? '-'}"\n`,
      );
      return { headers: { Server: 'Apache/2.4.10 (Debian)', 'Content-Type': 'text/html; charset=UTF-8' }, body: 'OK!' };
    },
  }));
  return 0;
};
