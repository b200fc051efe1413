import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { decode, fail, print } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { linesOf } from './input.ts';
import { getOptions } from './options.ts';
import { type Flavour, program, Usage } from './program.ts';

// Kernel modules. The simulated kernel has built in what it has, and says so where kmod looks.
// https://man7.org/linux/man-pages/man5/modules.dep.5.html

export const lsmod = program(function* (process, _args, flavour) {
  const title = `${'Module'.padEnd(19)}${'Size'.padStart(9)}  Used by`;
  let modules: string[];
  try {
    modules = linesOf(decode(process.readFile('/proc/modules')));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return yield* fail(process, `/proc/modules: ${error.message}`);
  }
  const rows = modules.map((line) => {
    const [name = '', size = '', users = '', by = '-'] = line.split(' ');
    return `${name.padEnd(19)} ${size.padStart(8)}  ${users}${by === '-' ? '' : ` ${by.replace(/,$/, '')}`}\n`;
  });
  const head = flavour === 'busybox' ? 'Module                  Size  Used by    Not tainted' : title;
  yield* print(process, `${head}\n${rows.join('')}`);
  return 0;
});

export const modprobe = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'arnqvsbDfR',
    long: { all: 'a', remove: 'r', 'dry-run': 'n', quiet: 'q', verbose: 'v', 'first-time': 'F' },
  });
  const names = options.has('a') || options.has('r') ? options.operands : options.operands.slice(0, 1);
  if (names.length === 0) {
    if (flavour === 'busybox') throw new Usage();
    return yield* fail(process, 'ERROR: missing parameters. See -h.');
  }
  const release = decode(process.readFile('/proc/sys/kernel/osrelease')).trim();
  const directory = `/lib/modules/${release}`;
  const builtIn = builtInModules(process, directory);
  if (builtIn === undefined && flavour === 'busybox') {
    return yield* fail(process, "can't change directory to '/lib/modules': No such file or directory");
  }
  let exitCode = 0;
  for (const name of names) exitCode = Math.max(exitCode, yield* load(process, name, { directory, builtIn, flavour }));
  if (exitCode === 0 && options.has('r')) return yield* fail(process, `FATAL: Module ${names[0]} is builtin.`);
  return options.has('q') ? 0 : exitCode;
});

interface Modules {
  readonly directory: string;
  readonly builtIn: ReadonlySet<string> | undefined;
  readonly flavour: Flavour;
}

/** Of what is built in there is nothing to do. */
function* load(process: Process, name: string, { directory, builtIn, flavour }: Modules): Task<number> {
  if (builtIn?.has(name.replaceAll('-', '_'))) return 0;
  return yield* fail(
    process,
    flavour === 'busybox'
      ? `module ${name} not found in modules.dep`
      : `FATAL: Module ${name} not found in directory ${directory}`,
  );
}

function builtInModules(process: Process, directory: string): ReadonlySet<string> | undefined {
  try {
    const lines = linesOf(decode(process.readFile(`${directory}/modules.builtin`)));
    return new Set(
      lines.map((line) =>
        line
          .slice(line.lastIndexOf('/') + 1)
          .replace(/\.ko$/, '')
          .replaceAll('-', '_'),
      ),
    );
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}
