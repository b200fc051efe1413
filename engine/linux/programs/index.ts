import type { FileTree, FileTreeEntry } from '../host.ts';
import { createShell } from '../shell/index.ts';
import type { Program } from '../syscalls.ts';
import { MAKERS } from './makers.ts';
import { pause } from './pause.ts';
import type { Flavour } from './program.ts';

function programsOf(flavour: Flavour): Readonly<Record<string, Program>> {
  return Object.fromEntries(Object.entries(MAKERS).map(([name, make]) => [name, make(flavour)]));
}

/** All programs by name, in busybox's flavour, with the shells and `pause`. */
const PROGRAMS: Readonly<Record<string, Program>> = {
  ...programsOf('busybox'),
  sh: createShell({ name: 'sh' }),
  ash: createShell({ name: 'ash' }),
  bash: createShell({ name: 'bash' }),
  pause,
};

/** Programs that a plain image has under /usr/bin or /sbin; the others are in /bin. */
const PLACES: Readonly<Record<string, string>> = {
  ip: '/sbin',
  ifconfig: '/sbin',
  ...Object.fromEntries(
    'awk basename clear cmp cut dirname du env find free head id less lsns md5sum nc nohup nproc nsenter pgrep pkill printf readlink realpath reset rev seq sha256sum sort ss tail tee test timeout top touch tr tty uniq unlink uptime vi watch wc wget which whoami xargs yes [ nano curl killall'
      .split(' ')
      .map((name) => [name, '/usr/bin']),
  ),
};

/** What busybox has not. */
const NOT_IN_BUSYBOX: ReadonlySet<string> = new Set(['curl', 'nano', 'ss', 'lsns', 'bash']);

/** The programs of a busybox or Alpine image, in /bin, /sbin and /usr/bin, with `sh` and `ash`. */
export function busyboxTree(): FileTree {
  const programs = { ...programsOf('busybox'), sh: PROGRAMS['sh']!, ash: PROGRAMS['ash']! };
  return layOut(programs, (name) => !NOT_IN_BUSYBOX.has(name), 1_131_168);
}

/** The programs of a Debian-like image: GNU texts, dash as `sh`, and `bash`. */
export function coreTree(): FileTree {
  const programs = {
    ...programsOf('gnu'),
    sh: createShell({ name: 'sh', dialect: 'dash' }),
    dash: createShell({ name: 'sh', dialect: 'dash' }),
    bash: PROGRAMS['bash']!,
  };
  return layOut(programs, () => true, 48_144);
}

function layOut(
  programs: Readonly<Record<string, Program>>,
  wanted: (name: string) => boolean,
  size: number,
): FileTree {
  const tree: Record<string, FileTreeEntry> = {};
  for (const [name, program] of Object.entries(programs)) {
    if (wanted(name)) tree[`${PLACES[name] ?? '/bin'}/${name}`] = { program, size };
  }
  return tree;
}
