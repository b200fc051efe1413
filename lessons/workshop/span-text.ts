import type { WorkshopWords } from '../i18n/en/workshop.ts';

/** A span of time, roughly. @param ms milliseconds */
export function spanText({ span }: WorkshopWords, ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return span.seconds(seconds);
  return seconds < 3600 ? span.minutes(Math.floor(seconds / 60)) : span.hours(Math.floor(seconds / 3600));
}
