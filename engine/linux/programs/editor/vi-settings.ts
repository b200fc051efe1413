import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

/** What `:set` sets, of the much that there is. */
export interface ViSettings {
  numbers: boolean;
  /** Whether a tab is typed as blanks. */
  expandTab: boolean;
  tabStop: number;
  /** By how much `>` indents. The real vim's is 8 until somebody sets it, and everybody who writes YAML does. */
  shiftWidth: number;
  autoIndent: boolean;
}

export const DEFAULT_SETTINGS: ViSettings = {
  numbers: false,
  expandTab: false,
  tabStop: 8,
  shiftWidth: 2,
  autoIndent: false,
};

const SWITCHES: Readonly<Record<string, 'numbers' | 'expandTab' | 'autoIndent'>> = {
  number: 'numbers',
  nu: 'numbers',
  expandtab: 'expandTab',
  et: 'expandTab',
  autoindent: 'autoIndent',
  ai: 'autoIndent',
};

const WIDTHS: Readonly<Record<string, 'tabStop' | 'shiftWidth'>> = {
  tabstop: 'tabStop',
  ts: 'tabStop',
  shiftwidth: 'shiftWidth',
  sw: 'shiftWidth',
};

/** The words of a `:set`; others are passed over. */
export function applySettings(settings: ViSettings, words: string): void {
  for (const word of words.split(/\s+/)) {
    const [, name = '', value] = /^(\w+)(?:[=:](\d{1,2}))?$/.exec(word) ?? [];
    const isOff = name.startsWith('no') && SWITCHES[name.slice(2)] !== undefined;
    const which = SWITCHES[isOff ? name.slice(2) : name];
    const width = WIDTHS[name];
    if (which !== undefined) settings[which] = !isOff;
    else if (width !== undefined && value !== undefined && Number(value) > 0) settings[width] = Number(value);
  }
}

/** What `~/.vimrc` sets; its other lines are passed over. */
export function readVimrc(process: Process, settings: ViSettings): void {
  const home = process.env.HOME;
  if (home === undefined) return;
  let text: string;
  try {
    text = decode(process.readFile(`${home}/.vimrc`));
  } catch (error) {
    if (error instanceof Errno) return;
    throw error;
  }
  for (const line of text.split('\n')) {
    const [, words] = /^\s*:?set?\s+([^"]*)/.exec(line) ?? [];
    if (words !== undefined) applySettings(settings, words.trim());
  }
}
