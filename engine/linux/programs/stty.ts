import { Errno } from '../errno.ts';
import { fail, print } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import type { TerminalSettings } from '../tty/terminal-settings.ts';
import { errnoOf, type Flavour, program, Usage } from './program.ts';

// stty(1) for what these terminals know; the rest is shown as a pseudo-terminal of Linux has it, and cannot be changed.

const SPEED = 'speed 38400 baud;';
const KEYS =
  'intr = ^C;quit = ^\\;erase = ^?;kill = ^U;eof = ^D;eol = <undef>;eol2 = <undef>;swtch = <undef>;start = ^Q;stop = ^S;' +
  'susp = ^Z;rprnt = ^R;werase = ^W;lnext = ^V;discard = ^O;';
const KEY_CODES = `3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16${':0'.repeat(16)}`;

/** The flags in their four groups, as a terminal has them that nobody has changed. */
const GROUPS = [
  '-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts',
  '-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff -iuclc -ixany -imaxbel -iutf8',
  'opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0',
  'isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt echoctl echoke -flusho -extproc',
] as const;

/** What differs from `sane` on every pseudo-terminal. */
const ALWAYS_DIFFERENT: readonly (readonly string[])[] = [[], ['-brkint'], [], []];
const LAST_DIFFERENT = '-imaxbel';

const FLAGS: Readonly<Record<string, keyof TerminalSettings>> = {
  icanon: 'canonical',
  echo: 'echo',
  isig: 'signals',
  icrnl: 'returnIsNewline',
  opost: 'newlineReturns',
  onlcr: 'newlineReturns',
};

const SANE = { canonical: true, echo: true, signals: true, returnIsNewline: true, newlineReturns: true };
const COOKED = { canonical: true, signals: true, returnIsNewline: true, newlineReturns: true };
const RAW = { canonical: false, signals: false, returnIsNewline: false, newlineReturns: false };

const COMBINATIONS: Readonly<Record<string, Partial<TerminalSettings>>> = {
  sane: SANE,
  raw: RAW,
  '-raw': COOKED,
  cooked: COOKED,
  '-cooked': RAW,
  cbreak: { canonical: false },
  '-cbreak': { canonical: true },
  nl: { returnIsNewline: false, newlineReturns: false },
  '-nl': { returnIsNewline: true, newlineReturns: true },
};

/** The bits of `-g` that follow from what is known. */
const BITS: readonly (readonly [word: number, flag: keyof TerminalSettings, bits: number])[] = [
  [0, 'returnIsNewline', 0x100],
  [1, 'newlineReturns', 0x5],
  [3, 'signals', 0x1],
  [3, 'canonical', 0x2],
  [3, 'echo', 0x8],
];
const OTHER_BITS = [0x400, 0, 0xbf, 0x8a30];

export const stty = program(function* (process, args, flavour) {
  const words = [...args];
  let fd = 0;
  let name = flavour === 'gnu' ? "'standard input'" : 'standard input';
  const at = words.findIndex((word) => word === '-F' || word.startsWith('--file'));
  if (at >= 0) {
    const [option = ''] = words.splice(at, 1);
    name = option.includes('=') ? option.slice(option.indexOf('=') + 1) : (words.splice(at, 1)[0] ?? '');
    if (name === '') throw new Usage("option requires an argument -- 'F'");
    try {
      fd = process.open(name, { read: true });
    } catch (error) {
      return yield* fail(process, `${name}: ${errnoOf(error).message}`);
    }
  }
  try {
    if (words.length === 0 || words[0] === '-a' || words[0] === '--all') {
      yield* print(process, words.length === 0 ? briefText(process, fd, flavour) : fullText(process, fd, flavour));
    } else if (words[0] === '-g' || words[0] === '--save') {
      yield* print(process, `${savedText(process.terminalSettings(fd))}\n`);
    } else yield* print(process, change(process, fd, words, flavour));
    return 0;
  } catch (error) {
    if (error instanceof Errno && error.code === 'ENOTTY')
      return yield* fail(process, `${name}: Inappropriate ioctl for device`);
    throw error;
  }
});

/** Makes the changes, and returns what the words ask to be told. */
function change(process: Process, fd: number, words: readonly string[], flavour: Flavour): string {
  let told = '';
  const settings: { -readonly [K in keyof TerminalSettings]: boolean } = { ...process.terminalSettings(fd) };
  const size = { ...process.windowSize(fd) };
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const bare = word.replace(/^-/, '');
    if (Object.hasOwn(FLAGS, bare)) settings[FLAGS[bare]!] = bare === word;
    else if (Object.hasOwn(COMBINATIONS, word)) Object.assign(settings, COMBINATIONS[word]);
    else if (word === 'size') told += `${size.rows} ${size.columns}\n`;
    else if (word === 'speed') told += '38400\n';
    else if (word === 'rows' || word === 'cols' || word === 'columns')
      size[word === 'rows' ? 'rows' : 'columns'] = countOf(word, words[++at], flavour);
    else if (/^[0-9a-f]+(:[0-9a-f]+){4,}$/i.test(word)) Object.assign(settings, restored(word));
    else if (!isSame(word))
      throw new Usage(isKnown(bare) ? `${word}: cannot be changed on these terminals` : `invalid argument '${word}'`);
  }
  process.setTerminalSettings(fd, settings);
  process.setWindowSize(fd, size.columns, size.rows);
  return told;
}

function countOf(word: string, text: string | undefined, flavour: Flavour): number {
  if (text === undefined) throw new Usage(`missing argument to '${word}'`);
  if (!/^\d{1,5}$/.test(text))
    throw new Usage(flavour === 'gnu' ? `invalid integer argument: '${text}'` : `invalid number '${text}'`);
  return Number(text);
}

/** Asks for what is so already. */
function isSame(word: string): boolean {
  return GROUPS.some((group) => group.split(' ').includes(word)) || word === '38400';
}

function isKnown(word: string): boolean {
  const keys = KEYS.split(';').map((key) => key.split(' ')[0]);
  return keys.includes(word) || GROUPS.some((group) => new RegExp(`(^|[ -])${word}( |$)`).test(group));
}

function savedText(settings: TerminalSettings): string {
  const flags = [...OTHER_BITS];
  for (const [word, flag, bits] of BITS) if (settings[flag]) flags[word]! |= bits;
  return `${flags.map((word) => word.toString(16)).join(':')}:${KEY_CODES}`;
}

function restored(text: string): Partial<TerminalSettings> {
  const flags = text.split(':').map((word) => Number.parseInt(word, 16));
  return Object.fromEntries(BITS.map(([word, flag, bits]) => [flag, (flags[word]! & bits) === bits]));
}

/** A flag as it is now: `echo` or `-echo`. */
function now(settings: TerminalSettings, flag: string): string {
  const field = Object.hasOwn(FLAGS, flag) ? FLAGS[flag] : undefined;
  return field === undefined || settings[field] ? flag : `-${flag}`;
}

function briefText(process: Process, fd: number, flavour: Flavour): string {
  const settings = process.terminalSettings(fd);
  const keys = flavour === 'busybox' ? keysOf(flavour) : settings.canonical ? [] : ['min = 1; time = 0;'];
  const differences = GROUPS.map((group, index) => [
    ...ALWAYS_DIFFERENT[index]!,
    ...group.split(' ').flatMap((flag) => {
      // `raw` switches output processing off as a whole.
      if (flag === 'onlcr') return [];
      return now(settings, flag) === flag ? [] : [`-${flag}`];
    }),
    ...(index === 1 ? [LAST_DIFFERENT] : []),
  ]).filter((flags) => flags.length > 0);
  return wrapped(process, fd, [[SPEED, 'line = 0;'], ...(keys.length === 0 ? [] : [keys]), ...differences]);
}

function keysOf(flavour: Flavour): readonly string[] {
  const keys = KEYS.split(';').filter((key) => key !== '');
  const named = flavour === 'busybox' ? keys.map((key) => key.replace('discard', 'flush')) : keys;
  return [...named.map((key) => `${key};`), 'min = 1; time = 0;'];
}

function fullText(process: Process, fd: number, flavour: Flavour): string {
  const settings = process.terminalSettings(fd);
  const { rows, columns } = process.windowSize(fd);
  const flags = GROUPS.map((group) => group.split(' ').map((flag) => (flag === 'onlcr' ? flag : now(settings, flag))));
  return wrapped(process, fd, [[SPEED, `rows ${rows}; columns ${columns};`, 'line = 0;'], keysOf(flavour), ...flags]);
}

/** Lines no longer than the window is wide. */
function wrapped(process: Process, fd: number, groups: readonly (readonly string[])[]): string {
  const width = process.windowSize(fd).columns || 80;
  let text = '';
  for (const group of groups) {
    let column = 0;
    for (const item of group) {
      if (column > 0 && width - column < 1 + item.length) {
        text += '\n';
        column = 0;
      } else if (column > 0) {
        text += ' ';
        column += 1;
      }
      text += item;
      column += item.length;
    }
    text += '\n';
  }
  return text;
}
