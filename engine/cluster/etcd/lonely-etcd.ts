import { HEALTH, implement, serveGrpc } from '../../linux/grpc.ts';
import { flagValue } from '../../linux/programs/go/runtime.ts';
import { printError } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import { TaskGroup } from '../../linux/task-group.ts';
import type { Task } from '../../sim/index.ts';
import type { RunningComponent } from '../component/component-program.ts';

/**
 * An etcd in a Pod, which is not the cluster's: it listens where its flags say and tells by gRPC that it is well, and it keeps nothing.
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-a-grpc-liveness-probe
 */
export function lonelyEtcd(process: Process): RunningComponent {
  const threads = new TaskGroup();
  const url = (flagValue(process.argv, 'listen-client-urls') ?? 'http://localhost:2379').split(',')[0]!;
  threads.start(serve(process, url));
  return { stop: () => {}, threads };
}

function* serve(process: Process, url: string): Task<void> {
  const [, host = '', port = '2379'] = /^\w+:\/\/([^:/]*)(?::(\d+))?/.exec(url) ?? [];
  const listener = process.listen(Number(port), host === 'localhost' ? '127.0.0.1' : host);
  const say = (caller: string, msg: string, fields: object = {}) => {
    const ts = new Date(Math.floor(process.now())).toISOString().replace(/Z$/, '000Z');
    return printError(process, `${JSON.stringify({ level: 'info', ts, caller, msg, ...fields })}\n`);
  };
  yield* say('etcdmain/etcd.go:64', 'Running: ', { args: process.argv });
  yield* say('embed/serve.go:124', 'ready to serve client requests');
  yield* say('embed/serve.go:210', 'serving client traffic insecurely; this is strongly discouraged!', {
    address: `${host}:${port}`,
  });
  yield* serveGrpc(process, listener, [implement(HEALTH, { Check: () => ({ status: 'SERVING' }) })]);
}
