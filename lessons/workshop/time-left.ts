import type { WorkshopWords } from '../i18n/en/workshop.ts';
import type { Settings } from './records.ts';
import { spanText } from './span-text.ts';

/** What there is to say of a workshop's time: that it stands still, has not begun, how long is left, that it is over. */
export function timeLeft(
  words: WorkshopWords,
  settings: Pick<Settings, 'paused' | 'timerUntil' | 'opensAt' | 'closesAt' | 'overtimeMs'>,
  now: number,
): string {
  const { bar, refusals } = words;
  const { paused, timerUntil, opensAt, closesAt, overtimeMs } = settings;
  const parts = [
    paused ? bar.paused : '',
    opensAt !== undefined && opensAt > now ? refusals['early']! : '',
    timerUntil !== undefined && timerUntil > now ? bar.timer(clockText(timerUntil - now)) : '',
    closesAt === undefined
      ? ''
      : closesAt > now
        ? bar.timer(spanText(words, closesAt - now))
        : now <= closesAt + overtimeMs
          ? bar.overtime(spanText(words, closesAt + overtimeMs - now))
          : bar.over,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** `12:05` */
function clockText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
