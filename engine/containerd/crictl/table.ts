import { CallError } from './cri-client.ts';

const MIN_WIDTH = 20;
const PADDING = 3;

/** Columns as crictl aligns them. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headers, ...rows];
  const widths = headers.map((_, column) => {
    const longest = Math.max(...lines.map((cells) => cells[column]!.length));
    return Math.max(MIN_WIDTH, longest + PADDING);
  });
  return lines
    .map((cells) => {
      const last = cells.length - 1;
      return `${cells.map((cell, column) => (column === last ? cell : cell.padEnd(widths[column]!))).join('')}\n`;
    })
    .join('');
}

/** How long ago, in words. After github.com/docker/go-units (`HumanDuration`). */
export function ago(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.round(seconds / 3600);
  if (seconds < 1) return 'Less than a second ago';
  if (seconds === 1) return '1 second ago';
  if (seconds < 60) return `${seconds} seconds ago`;
  if (minutes === 1) return 'About a minute ago';
  if (minutes < 60) return `${minutes} minutes ago`;
  if (hours === 1) return 'About an hour ago';
  if (hours < 48) return `${hours} hours ago`;
  return `${Math.floor(hours / 24)} days ago`;
}

/** Bytes in decimal units with three figures: `59.8MB`. */
export function humanSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))}${units[unit]}`;
}

export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 13);
}

/** A pattern that somebody filters by; all fits where there is none. @throws CallError */
export function pattern(text = ''): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new CallError(`error parsing regexp: ${JSON.stringify(text)}`);
  }
}
