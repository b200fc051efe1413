import type { FileType, Stat } from '../syscalls.ts';

const TYPE_LETTERS: Readonly<Record<FileType, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  socket: 's',
  character: 'c',
  block: 'b',
};

/** `drwxr-xr-x` */
export function modeText(type: FileType, mode: number): string {
  const triple = (bits: number, special: boolean, letter: string) => {
    const execute = (bits & 1) !== 0;
    const last = special ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-';
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${last}`;
  };
  return (
    TYPE_LETTERS[type] +
    triple(mode >> 6, (mode & 0o4000) !== 0, 's') +
    triple(mode >> 3, (mode & 0o2000) !== 0, 's') +
    triple(mode, (mode & 0o1000) !== 0, 't')
  );
}

/** What `%F` of stat(1) says. */
export function typeText(stat: Stat): string {
  if (stat.type === 'file') return stat.size === 0 ? 'regular empty file' : 'regular file';
  if (stat.type === 'symlink') return 'symbolic link';
  if (stat.type === 'character' || stat.type === 'block') return `${stat.type} special file`;
  return stat.type;
}

const CLASS_SHIFTS: Readonly<Record<string, readonly number[]>> = { u: [6], g: [3], o: [0], a: [6, 3, 0] };

/** chmod(1)'s mode: octal or symbolic (`u+x,go-w`). Undefined for what is neither. */
export function changeMode(text: string, before: number, isDirectory: boolean, umask: number): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8);
  let mode = before;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
    if (match === null) return undefined;
    const who = match[1]!;
    for (const [, operator, letters] of match[2]!.matchAll(/([-+=])([rwxXst]*|[ugo])/g)) {
      mode = applyClause(mode, who, operator!, letters!, isDirectory, who === '' ? umask : 0);
    }
  }
  return mode;
}

function applyClause(
  mode: number,
  who: string,
  operator: string,
  letters: string,
  isDirectory: boolean,
  masked: number,
): number {
  const shifts =
    who === '' || who.includes('a') ? CLASS_SHIFTS['a']! : [...who].flatMap((letter) => CLASS_SHIFTS[letter]!);
  let bits = 0;
  let cleared = 0;
  for (const shift of shifts) {
    cleared |= 7 << shift;
    let triple = 0;
    if (/^[ugo]$/.test(letters)) triple = (mode >> CLASS_SHIFTS[letters]![0]!) & 7;
    if (letters.includes('r')) triple |= 4;
    if (letters.includes('w')) triple |= 2;
    if (letters.includes('x') || (letters.includes('X') && (isDirectory || (mode & 0o111) !== 0))) triple |= 1;
    bits |= triple << shift;
    if (letters.includes('s') && shift > 0) bits |= shift === 6 ? 0o4000 : 0o2000;
  }
  if (letters.includes('t')) bits |= 0o1000;
  bits &= ~masked;
  if (operator === '+') return mode | bits;
  if (operator === '-') return mode & ~bits;
  return (mode & ~cleared) | bits;
}
