import { Errno } from '../../errno.ts';
import type { Process } from '../../syscalls.ts';
import { Pattern } from './pattern.ts';

export interface GlobOptions {
  /** Whether `*` matches names that begin with a dot. */
  readonly dots?: boolean;
}

/** More paths than this from one pattern are cut off: no argument list holds more. */
const MAX_PATHS = 100_000;

/** The paths a pattern matches, sorted; none when nothing matches. */
export function globPaths(process: Process, pattern: string, options: GlobOptions = {}): string[] {
  // A backslash takes the meaning of what follows; alone it makes no pattern.
  if (!/[*?[]/.test(pattern.replace(/\\./gs, ''))) return [];
  const absolute = pattern.startsWith('/');
  const components = splitComponents(pattern);
  let prefixes = [absolute ? '/' : ''];
  for (const [at, component] of components.entries()) {
    const last = at === components.length - 1;
    const next: string[] = [];
    for (const prefix of prefixes) {
      if (component === '') {
        if (last && isDirectory(process, prefix)) next.push(prefix);
        continue;
      }
      const compiled = new Pattern(component);
      const names =
        compiled.literal === undefined ? matching(process, prefix, component, compiled, options) : [compiled.literal];
      for (const name of names) {
        const path = prefix + name;
        if (!exists(process, path)) continue;
        if (last) next.push(path);
        else if (isDirectory(process, path)) next.push(`${path}/`);
        if (next.length > MAX_PATHS) return next;
      }
    }
    prefixes = next;
    if (prefixes.length === 0) return [];
  }
  return prefixes.sort();
}

function splitComponents(pattern: string): string[] {
  // A slash inside brackets ends the component in a real shell as well.
  const parts = pattern.replace(/^\/+/, '').split(/\/+/);
  return parts;
}

function matching(
  process: Process,
  prefix: string,
  component: string,
  pattern: Pattern,
  options: GlobOptions,
): string[] {
  const dots = options.dots === true || component.startsWith('.') || component.startsWith('\\.');
  try {
    return process
      .readdir(prefix === '' ? '.' : prefix)
      .map((entry) => entry.name)
      .concat(component.startsWith('.') ? ['.', '..'] : [])
      .filter((name) => (dots || !name.startsWith('.')) && pattern.matches(name));
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}

function exists(process: Process, path: string): boolean {
  try {
    process.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

function isDirectory(process: Process, path: string): boolean {
  try {
    return process.stat(path === '' ? '.' : path).type === 'directory';
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}
