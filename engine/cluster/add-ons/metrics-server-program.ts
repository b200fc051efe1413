import type { Transport } from '../../client/transport.ts';
import type { AggregatedServer } from '../../kube-apiserver/index.ts';
import { FlagError, type FlagSpecs, type Flags, parseFlags } from '../../linux/programs/go/flags.ts';
import { httpExchange } from '../../linux/programs/go/http-client.ts';
import { printError } from '../../linux/stdio.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import { METRICS_KINDS, MetricsServer, type MetricsServerOptions } from '../../metrics-server/index.ts';
import type { Simulation, Task } from '../../sim/index.ts';
import { SHARED_FLAGS, specsOf } from '../component/component-flags/names.ts';
import { commaSeparated, componentProgram } from '../component/component-program.ts';

export interface MetricsServerSurroundings {
  readonly sim: Simulation;
  /** The way to the API server from where the process runs, for whoever its token says it is. */
  connect(process: Process): Transport;
  /** Lets what serves be found behind the Service; the returned function ends that. */
  serve(server: AggregatedServer): () => void;
}

const SECOND_MS = 1000;
const ADDRESS_TYPES = 'Hostname,InternalDNS,InternalIP,ExternalDNS,ExternalIP';

const spec = <T extends 'string' | 'int' | 'bool' | 'duration'>(type: T, value: string | number | boolean) => ({
  type,
  default: value,
  usage: '',
});

/** Those that count here; the others are taken and do nothing. */
const SPECS: FlagSpecs = {
  ...specsOf({
    ...SHARED_FLAGS,
    string: [
      ...SHARED_FLAGS.string,
      ...['authentication-kubeconfig', 'authorization-kubeconfig', 'kubeconfig', 'kubelet-certificate-authority-text'],
      ...['kubelet-client-certificate', 'kubelet-client-key', 'node-selector', 'audit-log-path', 'audit-policy-file'],
    ],
  }),
  'secure-port': spec('int', 443),
  'metric-resolution': spec('duration', 60 * SECOND_MS),
  'kubelet-port': spec('int', 10250),
  'kubelet-use-node-status-port': spec('bool', false),
  'kubelet-insecure-tls': spec('bool', false),
  'kubelet-preferred-address-types': spec('string', ADDRESS_TYPES),
  'kubelet-certificate-authority': spec('string', ''),
  'kubelet-request-timeout': spec('duration', 10 * SECOND_MS),
};

/** The metrics-server as a program. https://github.com/kubernetes-sigs/metrics-server */
export function metricsServerProgram({ sim, connect, serve }: MetricsServerSurroundings): Program {
  return (process) => {
    const flags = readFlags(process.argv);
    if (typeof flags === 'string') return refuse(process, flags);
    return componentProgram({
      healthAddress: '0.0.0.0',
      healthPort: flags.number('secure-port'),
      tls: true,
      start: () => {
        const surroundings = { sim, transport: connect(process), send: httpExchange };
        const server = new MetricsServer(process, surroundings, optionsOf(flags));
        const leave = serve({ kinds: METRICS_KINDS, handle: server.handle });
        return {
          answer: (request) => server.answer(request),
          threads: server.threads,
          stop: () => {
            leave();
            server.stop();
          },
        };
      },
    })(process);
  };
}

function optionsOf(flags: Flags): MetricsServerOptions {
  const authority = flags.string('kubelet-certificate-authority');
  return {
    resolutionMs: flags.number('metric-resolution'),
    kubelet: {
      addressTypes: commaSeparated(flags.string('kubelet-preferred-address-types')),
      port: flags.number('kubelet-port'),
      useNodeStatusPort: flags.bool('kubelet-use-node-status-port'),
      insecureTls: flags.bool('kubelet-insecure-tls'),
      ...(authority !== '' && { certificateAuthority: authority }),
      timeoutMs: flags.number('kubelet-request-timeout'),
    },
  };
}

function* refuse(process: Process, problem: string): Task<number> {
  yield* printError(process, `Error: ${problem}\n`);
  return 1;
}

/** The command line, or what is wrong with it. After `cmd/metrics-server/app/options`. */
function readFlags(argv: readonly string[]): Flags | string {
  try {
    const flags = parseFlags(argv.slice(1), SPECS);
    if (flags.has('kubelet-certificate-authority') && flags.bool('kubelet-insecure-tls'))
      return 'cannot use both --kubelet-certificate-authority and --kubelet-insecure-tls';
    if (flags.number('kubelet-request-timeout') <= 0) return 'kubelet-request-timeout should be positive';
    const resolutionMs = flags.number('metric-resolution');
    if (resolutionMs < 10 * SECOND_MS)
      return `metric-resolution should be a time duration at least 10s, but value ${resolutionMs / SECOND_MS}s provided`;
    return flags;
  } catch (error) {
    if (error instanceof FlagError) return error.message;
    throw error;
  }
}
