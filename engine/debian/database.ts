import { Errno } from '../linux/errno.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Package } from './package.ts';
import { readStanzas, type Stanza, stanzaOf, writeStanzas } from './stanza.ts';

/** Where dpkg keeps what is installed. */
export const STATUS = '/var/lib/dpkg/status';

/** A package on this machine. */
export interface Installed {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly description: string;
  /** Not to be changed by the way. */
  readonly held: boolean;
  readonly stanza: Stanza;
}

/** What dpkg writes down of packages that have just been installed. */
export function statusOf(packages: readonly Package[], isHeld: (name: string) => boolean): string {
  return writeStanzas(packages.map((each) => installedStanza(stanzaOf(each), isHeld(each.name))));
}

function installedStanza(offered: Stanza, held: boolean): Stanza {
  const [name, ...rest] = [...offered].filter(([field]) => field !== 'Size' && field !== 'Status');
  return new Map([name!, ['Status', `${held ? 'hold' : 'install'} ok installed`], ...rest]);
}

/** By name, in the order of the names. */
export function readInstalled(process: Process): ReadonlyMap<string, Installed> {
  const found = readStanzas(textOf(process, STATUS)).map((stanza): Installed => {
    const field = (name: string) => stanza.get(name) ?? '';
    return {
      name: field('Package'),
      version: field('Version'),
      architecture: field('Architecture'),
      description: field('Description'),
      held: field('Status').startsWith('hold '),
      stanza,
    };
  });
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(found.map((each) => [each.name, each]));
}

export function writeInstalled(process: Process, packages: ReadonlyMap<string, Installed>): void {
  const fresh = `${STATUS}-new`;
  process.writeFile(fresh, writeStanzas([...packages.values()].map(({ stanza }) => stanza)), { mode: 0o644 });
  process.rename(fresh, STATUS);
}

/** The same with one package as the archive has it, or held or not. */
export function withInstalled(
  packages: ReadonlyMap<string, Installed>,
  stanza: Stanza,
  held: boolean,
): ReadonlyMap<string, Installed> {
  const name = stanza.get('Package')!;
  const noted = installedStanza(stanza, held);
  const field = (key: string) => stanza.get(key) ?? '';
  const entry = {
    name,
    version: field('Version'),
    architecture: field('Architecture'),
    description: field('Description'),
    held,
    stanza: noted,
  };
  return new Map([...packages, [name, entry] as const].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a file holds; nothing where there is none. */
export function textOf(process: Process, path: string): string {
  try {
    return process.readText(path);
  } catch (error) {
    if (error instanceof Errno && error.code === 'ENOENT') return '';
    throw error;
  }
}
