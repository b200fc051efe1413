import { execFileSync } from 'node:child_process';
import type { Command } from '../../kubectl/command.ts';

/** A flag as help shows it: `-o, --output='json'`. */
interface ShownFlag {
  readonly name: string;
  readonly short: string;
  readonly default: string;
}

/** Every command by its path (`kubectl rollout undo`), with the flags of its own. */
export type Surface = ReadonlyMap<string, readonly ShownFlag[]>;

/** What the real kubectl's help tells, command by command. @param kubectl its path @param home an empty directory */
export function realSurface(kubectl: string, home: string): Surface {
  const surface = new Map<string, readonly ShownFlag[]>();
  const output = (words: readonly string[]) =>
    execFileSync(kubectl, words, { encoding: 'utf8', env: { HOME: home } }).replaceAll(home, '$HOME');
  const walk = (words: readonly string[]) => {
    const text = output([...words, '--help']);
    surface.set(['kubectl', ...words].join(' '), shownFlags(text));
    for (const name of shownCommands(text)) walk([...words, name]);
  };
  walk([]);
  surface.set('kubectl options', shownFlags(output(['options'])));
  return surface;
}

function shownFlags(help: string): readonly ShownFlag[] {
  return [...help.matchAll(/^ {4}(?:-(\w), |\s*)--([\w-]+)=(.*):$/gm)].map(([, short = '', name, value]) => ({
    name: name!,
    short,
    default: value!.replace(/^'(.*)'$/, '$1').replace(/^\[(.*)\]$/, '$1'),
  }));
}

/** What stands under headings such as `Basic Commands:`. */
function shownCommands(help: string): readonly string[] {
  const names: string[] = [];
  let listing = false;
  for (const line of help.split('\n')) {
    if (/^\S.*Commands.*:$/.test(line)) listing = true;
    else if (/^\S/.test(line)) listing = false;
    const name = listing ? /^ {2}([\w-]+) /.exec(line)?.[1] : undefined;
    if (name !== undefined) names.push(name);
  }
  return names;
}

/** The same of ours. */
export function ourSurface(root: Command): Surface {
  const surface = new Map<string, readonly ShownFlag[]>();
  const walk = (command: Command, path: string) => {
    surface.set(
      path,
      (command.flags ?? []).map(({ name, short = '', type, default: value }) => ({
        name,
        short,
        default: value ?? (type === 'bool' ? 'false' : ''),
      })),
    );
    for (const sub of command.subcommands ?? []) walk(sub, `${path} ${sub.name}`);
  };
  walk(root, root.name);
  return surface;
}
