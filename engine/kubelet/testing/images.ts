import type { Image, Registry } from '../../containerd/image.ts';
import { HEALTH, implement, serveGrpc } from '../../linux/grpc.ts';
import type { FileTree } from '../../linux/host.ts';
import { serveHttp } from '../../linux/http.ts';
import { pause } from '../../linux/programs/pause.ts';
import type { Signal } from '../../linux/signal.ts';
import { encode } from '../../linux/stdio.ts';
import type { Program } from '../../linux/syscalls.ts';

// Images with programs that do just one thing, so that the kubelet's tests depend on no shell.

const sleeper: Program = function* (process) {
  process.setSignalAction('TERM', 'catch');
  yield* process.pause();
  return 0;
};

/** Does not listen to TERM. */
const stubborn: Program = function* (process) {
  process.setSignalAction('TERM', 'ignore');
  for (;;) yield* process.sleep(3_600_000);
};

/** `exit <code> [seconds]` */
const exit: Program = function* (process) {
  yield* process.sleep(Number(process.argv[2] ?? 0) * 1000);
  return Number(process.argv[1] ?? 0);
};

/** `count <from>`: a number every two seconds, down to 1. */
const count: Program = function* (process) {
  for (let i = Number(process.argv[1]); i >= 1; i--) {
    yield* process.write(1, encode(`${i}\n`));
    yield* process.sleep(2000);
  }
  return 0;
};

/** `cat <path>…` */
const cat: Program = function* (process) {
  for (const path of process.argv.slice(1)) {
    if (!process.access(path, 'read')) {
      yield* process.write(2, encode(`cat: can't open '${path}': No such file or directory\n`));
      return 1;
    }
    yield* process.write(1, process.readFile(path));
  }
  return 0;
};

/** `write <path> <text>`, then sleeps. */
const write: Program = function* (process) {
  process.writeFile(process.argv[1]!, process.argv[2]!);
  return yield* sleeper(process);
};

/** `put <path> <text>` */
const put: Program = function* (process) {
  yield* process.compute();
  process.writeFile(process.argv[1]!, process.argv[2]!);
  return 0;
};

/** `fill <path> <bytes>`, then sleeps. */
const fill: Program = function* (process) {
  process.writeFile(process.argv[1]!, 'x'.repeat(Number(process.argv[2])));
  return yield* sleeper(process);
};

/** Prints its environment. */
const env: Program = function* (process) {
  for (const name of Object.keys(process.env).sort()) yield* process.write(1, encode(`${name}=${process.env[name]}\n`));
  return 0;
};

/** `serve <port> [path]`: answers with the file's text; 500 when there is none. */
const serve: Program = function* (process) {
  const path = process.argv[2];
  yield* serveHttp(process, process.listen(Number(process.argv[1])), () => {
    if (path === undefined) return { body: 'ok\n' };
    return process.access(path, 'read') ? { body: process.readFile(path) } : { status: 500 };
  });
  return 0;
};

/** `hear <port>`: prints the paths that it is asked for. */
const hear: Program = function* (process) {
  yield* serveHttp(process, process.listen(Number(process.argv[1])), function* ({ path }) {
    yield* process.write(1, encode(`${path}\n`));
    return { body: 'heard\n' };
  });
  return 0;
};

/** `health <port> <seconds>`: a gRPC server that is healthy for so long. */
const health: Program = function* (process) {
  const untilMs = process.now() + Number(process.argv[2]) * 1000;
  const service = implement(HEALTH, {
    Check: () => ({ status: process.now() < untilMs ? 'SERVING' : 'NOT_SERVING' }),
  });
  return yield* serveGrpc(process, process.listen(Number(process.argv[1])), [service]);
};

/** `fetch <host> <port>`: prints `ok` when the port accepts a connection. */
const fetch: Program = function* (process) {
  const fd = yield* process.connect(process.argv[1]!, Number(process.argv[2]));
  process.close(fd);
  yield* process.write(1, encode('ok\n'));
  return yield* sleeper(process);
};

/** `eat <bytes>`: holds so much memory. */
const eat: Program = function* (process) {
  yield* process.sleep(100);
  process.setMemory(Number(process.argv[1]));
  return yield* sleeper(process);
};

/** Repeats what it reads. */
const echo: Program = function* (process) {
  for (;;) {
    const data = yield* process.read(0);
    if (data.length === 0) return 0;
    yield* process.write(1, encode('> '));
    yield* process.write(1, data);
  }
};

/** Prints its user and directory. */
const whoami: Program = function* (process) {
  const { uid, gid, groups } = process.credentials;
  yield* process.write(1, encode(`${uid}:${gid} ${[...groups].sort().join()} ${process.cwd} pid ${process.pid}\n`));
  return 0;
};

/** `make <path>`: a directory. */
const make: Program = function* (process) {
  yield* process.compute();
  process.mkdir(process.argv[1]!);
  return 0;
};

/** `signal <name>`: sends itself one. */
const signal: Program = function* (process) {
  yield* process.compute();
  process.kill(process.pid, process.argv[1] as Signal);
  return 0;
};

/** `hostname <name>` */
const hostname: Program = function* (process) {
  yield* process.compute();
  process.setHostname(process.argv[1]!);
  return 0;
};

/** `run <path> …`: in a child, whose exit code is its own. */
const run: Program = function* (process) {
  const argv = process.argv.slice(1);
  const ended = yield* process.waitpid(process.spawn({ path: argv[0]!, argv }));
  return ended?.status.kind === 'exited' ? ended.status.code : 128;
};

const TREE: FileTree = {
  '/bin/make': { program: make },
  '/bin/signal': { program: signal },
  '/bin/hostname': { program: hostname },
  '/bin/run': { program: run },
  '/bin/eat': { program: eat },
  '/bin/echo': { program: echo },
  '/bin/whoami': { program: whoami },
  '/bin/sleeper': { program: sleeper },
  '/bin/stubborn': { program: stubborn },
  '/bin/exit': { program: exit },
  '/bin/count': { program: count },
  '/bin/cat': { program: cat },
  '/bin/write': { program: write },
  '/bin/put': { program: put },
  '/bin/fill': { program: fill },
  '/bin/env': { program: env },
  '/bin/serve': { program: serve },
  '/bin/hear': { program: hear },
  '/bin/health': { program: health },
  '/bin/fetch': { program: fetch },
  '/tmp': { directory: true, mode: 0o1777 },
  '/etc/passwd': { text: 'root:x:0:0:root:/root:/bin/sh\nweb:x:101:102::/srv:/bin/sh\n' },
  '/etc/group': { text: 'root:x:0:\nmail:x:50:root,web\n' },
};

function image(reference: string, more: Partial<Image> = {}): Image {
  const digest =
    `sha256:${'0123456789abcdef'.repeat(4)}`.slice(0, 7 + 60) + reference.length.toString(16).padStart(4, '0');
  return { reference, digest, sizeBytes: 50_000_000, layers: [{ tree: TREE }], command: ['sleeper'], ...more };
}

const IMAGES = [
  image('registry.k8s.io/pause:3.10.1', {
    layers: [{ tree: { '/pause': { program: pause } } }],
    command: [],
    entrypoint: ['/pause'],
  }),
  image('docker.io/library/tools:1'),
  image('docker.io/library/tools-two:2', { user: 'web' }),
  image('registry.example.com/team/app:1', { login: { username: 'me', password: 's3cret' } }),
];

/** @param extra by any of their names */
export function testRegistry(extra: readonly Image[] = []): Registry {
  const all = [...IMAGES, ...extra];
  const names = all.flatMap(({ reference, aliases = [] }) => [reference, ...aliases]);
  return {
    find: (reference) => all.find((each) => each.reference === reference || each.aliases?.includes(reference)),
    hasRepository: (name) => names.some((reference) => reference === name || reference.startsWith(`${name}:`)),
  };
}
