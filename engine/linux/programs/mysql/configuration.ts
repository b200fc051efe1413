import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

const DIRECTORIES = ['/etc/mysql/conf.d', '/etc/mysql/mysql.conf.d'];

/** Options of the section `[mysqld]` in the configuration's directories, and then of the command line: `--server-id=1`. */
export function readSettings(process: Process, args: readonly string[]): ReadonlyMap<string, string> {
  const settings = new Map<string, string>([['datadir', '/var/lib/mysql']]);
  for (const directory of DIRECTORIES) {
    for (const name of configurationFiles(process, directory)) {
      readSection(decode(process.readFile(`${directory}/${name}`)), settings);
    }
  }
  for (const arg of args) {
    const [, name = '', value = ''] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    settings.set(normal(name), value);
  }
  return settings;
}

function configurationFiles(process: Process, directory: string): readonly string[] {
  try {
    return process
      .readdir(directory)
      .map(({ name }) => name)
      .filter((name) => name.endsWith('.cnf'))
      .sort();
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return [];
  }
}

/** Underscores and dashes are the same. */
const normal = (name: string): string => name.trim().replaceAll('_', '-');

function readSection(text: string, settings: Map<string, string>): void {
  let section = '';
  for (const line of text.split('\n')) {
    const heading = /^\s*\[(.+)\]/.exec(line)?.[1];
    if (heading !== undefined) section = heading;
    else if (section === 'mysqld' && !/^\s*([#;]|$)/.test(line)) {
      const [name = '', ...value] = line.split('=');
      settings.set(normal(name), value.join('=').trim());
    }
  }
}
