import { Errno } from '../../errno.ts';
import { print } from '../../stdio.ts';
import { complain } from '../messages.ts';
import { isBash } from '../shell.ts';
import { type Builtin, parseOptions, textArguments } from './builtin.ts';

export const cd: Builtin = {
  *run(shell, args) {
    const { flags, operands, bad } = parseOptions(textArguments(args), 'LPe@');
    if (bad !== undefined) {
      yield* complain(shell, isBash(shell) ? `-${bad}: invalid option` : `illegal option -${bad}`, 'cd');
      return isBash(shell) ? 2 : 2;
    }
    if (operands.length > 1 && isBash(shell)) {
      yield* complain(shell, 'too many arguments', 'cd');
      return 1;
    }
    let target = operands[0];
    let announce = false;
    if (target === undefined) {
      target = shell.variables.value('HOME');
      if (target === undefined) {
        yield* complain(shell, 'HOME not set', 'cd');
        return 1;
      }
    } else if (target === '-') {
      target = shell.variables.value('OLDPWD');
      announce = true;
      if (target === undefined) {
        yield* complain(shell, 'OLDPWD not set', 'cd');
        return 1;
      }
    }
    const here = shell.variables.value('PWD') ?? shell.process.cwd;
    let path = resolveLogical(here, target);
    const found =
      target === ''
        ? undefined
        : searchCdPath(shell.variables.value('CDPATH'), target, (candidate) =>
            isDirectory(shell.process, resolveLogical(here, candidate)),
          );
    if (found !== undefined) {
      path = resolveLogical(here, found);
      announce ||= true;
    }
    try {
      shell.process.chdir(target === '' ? '.' : path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const text = shell.dialect === 'dash' ? `can't cd to ${target}` : `can't cd to ${target}: ${error.message}`;
      yield* complain(shell, isBash(shell) ? `${target}: ${error.message}` : text, 'cd');
      return isBash(shell) ? 1 : shell.dialect === 'dash' ? 2 : 1;
    }
    const now = flags.has('P') ? shell.process.cwd : path;
    shell.variables.set('OLDPWD', here);
    shell.variables.set('PWD', now);
    shell.variables.setExported('PWD', true);
    if (announce) yield* print(shell.process, `${now}\n`);
    return 0;
  },
};

function searchCdPath(
  cdPath: string | undefined,
  target: string,
  isThere: (path: string) => boolean,
): string | undefined {
  if (cdPath === undefined || /^\.{0,2}\//.test(target) || target === '.' || target === '..') return undefined;
  for (const directory of cdPath.split(':')) {
    if (directory !== '' && directory !== '.' && isThere(`${directory}/${target}`)) return `${directory}/${target}`;
  }
  return undefined;
}

function isDirectory(process: { stat(path: string): { type: string } }, path: string): boolean {
  try {
    return process.stat(path).type === 'directory';
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

/** `..` goes back by name, not through symlinks: `cd -L`, the default. */
function resolveLogical(from: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${from}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export const pwd: Builtin = {
  *run(shell, args) {
    const { flags } = parseOptions(textArguments(args), 'LP');
    const logical = shell.variables.value('PWD');
    yield* print(shell.process, `${flags.has('P') || logical === undefined ? shell.process.cwd : logical}\n`);
    return 0;
  },
};
