import type { Task } from '../../sim/index.ts';
import { expandText } from './expand/word.ts';
import { isBash, type Shell } from './shell.ts';
import { parseText } from './syntax/parse.ts';
import { readUserName } from './user-name.ts';

/** The prompt of a shell that has no PS1: what the images' own start-up files set for root. */
export function defaultPrompt(shell: Shell): string {
  if (isBash(shell)) return '\\u@\\h:\\w\\$ ';
  return shell.dialect === 'dash' ? (shell.process.credentials.uid === 0 ? '# ' : '$ ') : '\\w \\$ ';
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** PS1 or PS2 as it is shown: backslash escapes, then parameter and command substitution. */
export function* promptText(shell: Shell, format: string): Task<string> {
  const decoded =
    shell.dialect === 'dash' ? format : format.replace(ESCAPE, (whole, code: string) => escapeText(shell, whole, code));
  if (!/[$`]/.test(decoded)) return decoded.replaceAll('\\\\', '\\');
  const { status } = shell;
  const text = yield* expandText(shell, parseText(decoded));
  shell.status = status;
  return text;
}

const ESCAPE = /\\([0-7]{3}|D\{[^}]*\}|.)/gs;

function escapeText(shell: Shell, whole: string, code: string): string {
  const { process } = shell;
  const now = new Date(process.now());
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}`;
  if (/^[0-7]{3}$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
  switch (code[0]) {
    case 'u':
      return readUserName(process);
    case 'h':
      return process.hostname.split('.')[0]!;
    case 'H':
      return process.hostname;
    case 'w':
    case 'W':
      return directoryText(shell, code === 'W');
    case '$':
      return process.credentials.uid === 0 ? '#' : '\\$';
    case 's':
      return shell.name.split('/').at(-1)!.replace(/^-/, '');
    case 'v':
    case 'V':
      return '5.2';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 'e':
      return '\x1b';
    case 'a':
      return '\x07';
    case '[':
      return '\x01';
    case ']':
      return '\x02';
    case 't':
      return `${clock}:${two(now.getUTCSeconds())}`;
    case 'A':
      return clock;
    case 'd':
      return `${DAYS[now.getUTCDay()]} ${MONTHS[now.getUTCMonth()]} ${two(now.getUTCDate())}`;
    case 'j':
      return String(shell.jobs.jobs.length);
    case '!':
    case '#':
      return String(shell.history.length + 1);
    case '\\':
      return '\\\\';
    default:
      return whole;
  }
}

function directoryText(shell: Shell, last: boolean): string {
  const path = shell.variables.value('PWD') ?? shell.process.cwd;
  const home = shell.variables.value('HOME');
  const short =
    home !== undefined && home !== '/' && (path === home || path.startsWith(`${home}/`))
      ? `~${path.slice(home.length)}`
      : path;
  const shown = last && short !== '/' ? short.split('/').at(-1)! : short;
  // Names are data: what is in them is not expanded, and moves no cursor.
  return shown.replace(/[\x00-\x1f\x7f]/g, '?').replace(/[\\$`]/g, '\\$&');
}
