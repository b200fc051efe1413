import { Errno } from '../../errno.ts';
import type { Process, Stat } from '../../syscalls.ts';

/** The file, string and number tests that `test`, `[` and `[[` share. */
export function testUnary(process: Process, operator: string, operand: string): boolean {
  switch (operator) {
    case '-n':
      return operand !== '';
    case '-z':
      return operand === '';
    case '-t':
      return /^\d+$/.test(operand) && attempt(() => process.isTerminal(Number(operand)));
    case '-r':
      return attempt(() => process.access(operand, 'read'));
    case '-w':
      return attempt(() => process.access(operand, 'write'));
    case '-x':
      return attempt(() => process.access(operand, 'execute'));
    case '-h':
    case '-L':
      return attempt(() => process.lstat(operand).type === 'symlink');
    default:
      return attempt(() => testStat(process, operator, process.stat(operand)));
  }
}

function testStat(process: Process, operator: string, stat: Stat): boolean {
  switch (operator) {
    case '-e':
    case '-a':
      return true;
    case '-f':
      return stat.type === 'file';
    case '-d':
      return stat.type === 'directory';
    case '-s':
      return stat.size > 0;
    case '-p':
      return stat.type === 'fifo';
    case '-S':
      return stat.type === 'socket';
    case '-b':
      return stat.type === 'block';
    case '-c':
      return stat.type === 'character';
    case '-u':
      return (stat.mode & 0o4000) !== 0;
    case '-g':
      return (stat.mode & 0o2000) !== 0;
    case '-k':
      return (stat.mode & 0o1000) !== 0;
    case '-O':
      return stat.uid === process.credentials.uid;
    case '-G':
      return stat.gid === process.credentials.gid;
    case '-N':
      return stat.modifiedMs > stat.accessedMs;
    default:
      return false;
  }
}

function attempt(test: () => boolean): boolean {
  try {
    return test();
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

export const UNARY_OPERATORS: ReadonlySet<string> = new Set(
  '-n -z -t -r -w -x -h -L -e -a -f -d -s -p -S -b -c -u -g -k -O -G -N'.split(' '),
);

export const BINARY_OPERATORS: ReadonlySet<string> = new Set(
  '= == != < > -eq -ne -lt -le -gt -ge -nt -ot -ef'.split(' '),
);

/** @param number turns a text into a number, or throws */
export function compareText(
  process: Process,
  operator: string,
  left: string,
  right: string,
  number: (text: string) => bigint,
): boolean {
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '-eq':
      return number(left) === number(right);
    case '-ne':
      return number(left) !== number(right);
    case '-lt':
      return number(left) < number(right);
    case '-le':
      return number(left) <= number(right);
    case '-gt':
      return number(left) > number(right);
    case '-ge':
      return number(left) >= number(right);
    case '-ef': {
      const [a, b] = [statOf(process, left), statOf(process, right)];
      return a !== undefined && b !== undefined && a.device === b.device && a.inode === b.inode;
    }
    default: {
      const [a, b] = [statOf(process, left)?.modifiedMs ?? -1, statOf(process, right)?.modifiedMs ?? -1];
      return operator === '-nt' ? a > b : a < b;
    }
  }
}

function statOf(process: Process, path: string): Stat | undefined {
  try {
    return process.stat(path);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}
