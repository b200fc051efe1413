import type { SessionEvent } from '../cluster/sessions.ts';
import type { ClusterDoor } from './cluster-door.ts';
import type { WebSocket, WebSocketListener } from './websocket.ts';

/** The first byte of each message says whose it is. After k8s.io/apimachinery pkg/util/remotecommand/constants.go. */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** The subprotocols served, best first; v5 differs from v4 in that it can close stdin. */
export const REMOTE_COMMAND_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

/** A client that reads slower than this many bytes behind is given up. */
const MAX_BEHIND_BYTES = 32 * 1024 * 1024;
const MAX_WINDOW = 0xffff;

/** An exec or attach session over a WebSocket. */
export class RemoteCommand implements WebSocketListener {
  readonly #cluster: ClusterDoor;
  readonly #session: string;
  #socket: WebSocket | undefined;
  #early: SessionEvent[] = [];
  #over = false;

  constructor(cluster: ClusterDoor, session: string) {
    this.#cluster = cluster;
    this.#session = session;
  }

  /** Begins to speak, with what the session had to say before the handshake. */
  begin(socket: WebSocket): void {
    this.#socket = socket;
    const early = this.#early;
    this.#early = [];
    for (const event of early) this.event(event);
  }

  event(event: SessionEvent): void {
    const socket = this.#socket;
    if (socket === undefined) this.#early.push(event);
    else if (event.type !== 'exit') {
      socket.send(Buffer.concat([Buffer.from([CHANNEL[event.type]]), event.data]));
      if (socket.bytesBehind > MAX_BEHIND_BYTES) socket.close(1008);
    } else {
      this.#over = true;
      socket.send(Buffer.concat([Buffer.from([CHANNEL.error]), Buffer.from(JSON.stringify(exitStatus(event)))]));
      socket.close();
    }
  }

  message(data: Buffer): void {
    const session = this.#session;
    if (data.length === 0 || this.#over) return;
    const rest = data.subarray(1);
    if (data[0] === CHANNEL.stdin && rest.length > 0) {
      this.#cluster.submit({ kind: 'session.stdin', session, bytes: rest.toString('latin1') });
    } else if (data[0] === CHANNEL.close && rest[0] === CHANNEL.stdin) {
      this.#cluster.submit({ kind: 'session.closeStdin', session });
    } else if (data[0] === CHANNEL.resize) {
      const size = readSize(rest.toString('utf8'));
      if (size !== undefined) this.#cluster.submit({ kind: 'session.resize', session, ...size });
    }
  }

  closed(): void {
    if (!this.#over) this.#cluster.submit({ kind: 'session.close', session: this.#session });
    this.#over = true;
  }
}

/** A terminal without a size of its own reports zero; programs take that for the size of old. */
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

function readSize(text: string): { columns: number; rows: number } | undefined {
  try {
    const { Width, Height } = JSON.parse(text) as { Width?: unknown; Height?: unknown };
    if (!isSize(Width) || !isSize(Height)) return undefined;
    return { columns: Width === 0 ? DEFAULT_COLUMNS : Width, rows: Height === 0 ? DEFAULT_ROWS : Height };
  } catch {
    return undefined;
  }
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_WINDOW;
}

/** How a session ended, in the words of kubelet's streaming server (`remotecommand.ServeExec`). */
function exitStatus({ exitCode, message }: Extract<SessionEvent, { type: 'exit' }>): object {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  if (exitCode === undefined) {
    const text = message ?? 'the session ended';
    return {
      metadata: {},
      status: 'Failure',
      message: `Internal error occurred: ${text}`,
      reason: 'InternalError',
      details: { causes: [{ message: text }] },
      code: 500,
    };
  }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}
