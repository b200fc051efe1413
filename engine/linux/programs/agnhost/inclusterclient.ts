import { Errno } from '../../errno.ts';
import { createSha256 } from '../../hash.ts';
import { decode, encode } from '../../stdio.ts';
import { httpExchange } from '../go/http-client.ts';
import { fatal, klog } from '../go/runtime.ts';
import type { Command } from './command.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const PLACE = 'main.go:61';

/** Asks the API server whether it is well, with the Pod's token, and shows a hash of the token so that its rotation is seen. */
export const inClusterClient: Command = {
  use: 'inclusterclient',
  short: 'Periodically poll the Kubernetes "/healthz" endpoint',
  args: 0,
  flags: {
    'poll-interval': { type: 'int', default: 30, usage: 'poll interval of call to /healthz in seconds' },
  },
  *run(process, flags) {
    yield* klog(process, 'I', PLACE, 'started');
    const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
    if (host === undefined || port === undefined)
      return yield* fatal(
        process,
        'err: unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
      );
    for (;;) {
      yield* process.sleep(flags.number('poll-interval') * 1000);
      yield* klog(process, 'I', PLACE, 'calling /healthz');
      try {
        const authorization = `Bearer ${decode(process.readFile(`${ACCOUNT}/token`)).trim()}`;
        yield* klog(process, 'I', PLACE, `authz_header=${fingerprint(authorization)}`);
        const answer = yield* httpExchange(process, {
          method: 'GET',
          host,
          port: Number(port),
          path: '/healthz',
          headers: { Authorization: authorization },
          tls: { serverName: host, authorities: decode(process.readFile(`${ACCOUNT}/ca.crt`)) },
          timeoutMs: 30_000,
        });
        if ('status' in answer && answer.status === 200) continue;
        const problem = 'error' in answer ? answer.error : answer.status;
        yield* klog(process, 'E', PLACE, `status=failed\nerror checking /healthz: ${problem}`);
      } catch (error) {
        if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
        yield* klog(process, 'E', PLACE, `status=failed\nerror checking /healthz: ${error.message}`);
      }
    }
  },
};

/** A token that can be compared and not used. */
function fingerprint(authorization: string): string {
  const hash = createSha256();
  hash.update(encode(`salt|${authorization}`));
  const text = btoa(String.fromCharCode(...hash.digest()));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
