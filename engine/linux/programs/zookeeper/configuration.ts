import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

export interface Server {
  readonly id: number;
  readonly host: string;
  readonly peerPort: number;
  readonly electionPort: number;
}

/** What a `zoo.cfg` says. */
export interface Configuration {
  readonly clientPort: number;
  readonly dataDir: string;
  readonly dataLogDir: string;
  readonly tickMs: number;
  readonly initMs: number;
  readonly syncMs: number;
  readonly servers: readonly Server[];
  /** This server's id; 0 where it stands alone. */
  readonly id: number;
}

/** A server that cannot start says this. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Throws ConfigurationError. */
export function readConfiguration(process: Process, path: string): Configuration {
  const values = new Map<string, string>();
  for (const line of readText(process, path, `${path} file is missing`).split('\n')) {
    const [, name, value] = /^\s*([^#=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) values.set(name, value!);
  }
  const number = (name: string, standard: number) => Number(values.get(name) ?? standard);
  const dataDir = values.get('dataDir');
  if (dataDir === undefined) throw new ConfigurationError('dataDir is not set');
  const servers = [...values].flatMap(([name, value]) => {
    const [host = '', peerPort, electionPort] = value.split(':');
    const [, id] = /^server\.(\d+)$/.exec(name) ?? [];
    return id === undefined
      ? []
      : [{ id: Number(id), host, peerPort: Number(peerPort), electionPort: Number(electionPort) }];
  });
  const tickMs = number('tickTime', 3000);
  return {
    clientPort: number('clientPort', 2181),
    dataDir,
    dataLogDir: values.get('dataLogDir') ?? dataDir,
    tickMs,
    initMs: number('initLimit', 10) * tickMs,
    syncMs: number('syncLimit', 5) * tickMs,
    servers,
    id: servers.length > 1 ? readId(process, dataDir, servers) : 0,
  };
}

function readId(process: Process, dataDir: string, servers: readonly Server[]): number {
  const text = readText(process, `${dataDir}/myid`, `${dataDir}/myid file is missing`).trim();
  if (!/^\d+$/.test(text)) throw new ConfigurationError(`serverid ${text} is not a number`);
  const id = Number(text);
  if (!servers.some((server) => server.id === id)) throw new ConfigurationError(`My id ${id} not in the peer list`);
  return id;
}

function readText(process: Process, path: string, missing: string): string {
  try {
    return decode(process.readFile(path));
  } catch (error) {
    if (error instanceof Errno) throw new ConfigurationError(missing);
    throw error;
  }
}
