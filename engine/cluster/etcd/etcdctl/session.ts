import { type Etcd, EtcdError } from '../../../etcd/index.ts';
import { Errno } from '../../../linux/errno.ts';
import type { Flags } from '../../../linux/programs/go/flags.ts';
import { decode, printError } from '../../../linux/stdio.ts';
import type { Process } from '../../../linux/syscalls.ts';
import type { Task } from '../../../sim/index.ts';

/** What answers at an address of the control plane, or why nobody does. */
export type DialEtcd = (hostPort: string) => Etcd | string;

/** What stands after `Error: `. */
export class EtcdctlError extends Error {
  override readonly name = 'EtcdctlError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** One member, as `kubeadm init` makes it. The ids are what etcd hashes of its first configuration come to. */
export const MEMBER = { id: 10276657743932975437n, clusterId: 14841639068965178418n, raftTerm: 2 } as const;

const CA = '/etc/kubernetes/pki/etcd/ca.crt';

export function endpointsOf(flags: Flags): readonly string[] {
  return flags
    .string('endpoints')
    .split(',')
    .map((each) => each.trim());
}

/**
 * The store at the first endpoint. etcd here, as everywhere that kubeadm put it, talks TLS to those only who show a
 * certificate: without one the command waits for its time-out, which is what learners meet first.
 *
 * @throws EtcdctlError
 */
export function* connect(
  process: Process,
  dial: DialEtcd,
  flags: Flags,
  endpoint = endpointsOf(flags)[0]!,
): Task<Etcd> {
  const certificates = readCertificates(process, flags);
  const hostPort = endpoint.replace(/^\w+:\/\//, '');
  const found = dial(hostPort);
  if (typeof found !== 'string') {
    const problem = certificateProblem(process, endpoint, certificates, flags);
    if (problem === undefined) return found;
    return yield* timeOut(process, flags, hostPort, problem);
  }
  return yield* timeOut(process, flags, hostPort, `transport: Error while dialing: ${found}`);
}

interface Certificates {
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
}

/** @throws EtcdctlError */
function readCertificates(process: Process, flags: Flags): Certificates {
  const read = (path: string): string | undefined => {
    if (path === '') return undefined;
    try {
      return decode(process.readFile(path));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new EtcdctlError(`open ${path}: ${error.message.toLowerCase()}`);
    }
  };
  const [cert, key] = [flags.string('cert'), flags.string('key')];
  if ((cert === '') !== (key === '')) {
    throw new EtcdctlError(`KeyFile and CertFile must both be present[key: ${key}, cert: ${cert}]`);
  }
  const certificate = read(cert);
  read(key);
  return { ca: read(flags.string('cacert')), certificate };
}

function certificateProblem(
  process: Process,
  endpoint: string,
  { ca, certificate }: Certificates,
  flags: Flags,
): string | undefined {
  const secure = endpoint.startsWith('https://') || (certificate !== undefined && !endpoint.startsWith('http://'));
  if (!secure) return 'error reading server preface: EOF';
  const known = decode(process.readFile(CA)).trim();
  if (!flags.bool('insecure-skip-tls-verify') && ca?.trim() !== known) {
    return 'transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority';
  }
  if (certificate === undefined) return 'error reading server preface: remote error: tls: certificate required';
  return undefined;
}

function* timeOut(process: Process, flags: Flags, hostPort: string, problem: string): Task<never> {
  yield* process.sleep(flags.number('command-timeout'));
  const error = `rpc error: code = DeadlineExceeded desc = latest balancer error: connection error: desc = "${problem}"`;
  const warning = {
    level: 'warn',
    ts: new Date(Math.floor(process.now())).toISOString().replace(/Z$/, '000Z'),
    logger: 'etcd-client',
    msg: 'retrying of unary invoker failed',
    target: `etcd-endpoints://${hostPort}`,
    attempt: 0,
    error,
  };
  yield* printError(process, `${JSON.stringify(warning)}\n`);
  throw new EtcdctlError('context deadline exceeded');
}

/** What the store refuses is what etcdctl prints. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof EtcdError) throw new EtcdctlError(error.message);
    throw error;
  }
}
