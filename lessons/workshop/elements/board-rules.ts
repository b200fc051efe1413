import { h } from '../../elements/dom.ts';
import { words } from '../page-words.ts';
import type { Settings } from '../records.ts';
import type { Deeds } from './deeds.ts';

const MINUTE_MS = 60_000;

/** When the workshop begins and ends, and what that does to the points. */
export function boardRules(deeds: Deeds): HTMLElement {
  const { board } = words;
  const opens = h('input', { type: 'datetime-local' });
  const closes = h('input', { type: 'datetime-local' });
  const overtime = h('input', { type: 'number', min: 0, max: 1440, required: true });
  const penalty = h('input', { type: 'number', min: 0, max: 100, required: true });
  const attempts = h(
    'select',
    {},
    h('option', { value: 'best' }, board.attemptsBest),
    h('option', { value: 'last' }, board.attemptsLast),
  );
  const most = h('input', { type: 'number', min: 1, max: 1000, placeholder: board.mostAttemptsAny });
  const variants = h('input', { type: 'checkbox' });
  const shown: readonly (readonly [HTMLInputElement | HTMLSelectElement, (settings: Settings) => string])[] = [
    [opens, ({ opensAt }) => localTime(opensAt)],
    [closes, ({ closesAt }) => localTime(closesAt)],
    [overtime, ({ overtimeMs }) => String(Math.round(overtimeMs / MINUTE_MS))],
    [penalty, ({ latePenalty }) => String(Math.round(latePenalty * 100))],
    [attempts, (settings) => settings.attempts],
    [most, ({ mostAttempts }) => String(mostAttempts ?? '')],
  ];
  let before: Settings | undefined;
  // What somebody is about to set is left to them while other settings change.
  deeds.onSettings((settings) => {
    for (const [field, text] of shown)
      if (before === undefined || text(before) !== text(settings)) field.value = text(settings);
    if (before?.variants !== settings.variants) variants.checked = settings.variants;
    before = settings;
  });
  const chosen = (): Readonly<Partial<Record<keyof Settings, unknown>>> => ({
    opensAt: moment(opens.value),
    closesAt: moment(closes.value),
    overtimeMs: Number(overtime.value) * MINUTE_MS,
    latePenalty: Number(penalty.value) / 100,
    attempts: attempts.value,
    mostAttempts: most.value === '' ? null : Number(most.value),
    variants: variants.checked,
  });
  const form = deeds.form(
    [
      h('label', {}, board.from, opens),
      h('label', {}, board.until, closes),
      h('label', {}, board.overtime, overtime),
      h('label', {}, board.penalty, penalty),
      h('label', {}, board.attempts, attempts),
      h('label', {}, board.mostAttempts, most),
      h('label', {}, variants, ` ${board.variants}`),
    ],
    board.rulesDo,
    () => deeds.change(chosen),
  );
  form.classList.add('board-rules');
  return form;
}

/** As `datetime-local` wants it: this device's time, without a zone. */
function localTime(ms: number | undefined): string {
  if (ms === undefined) return '';
  const date = new Date(ms);
  return new Date(ms - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

function moment(text: string): number | null {
  return text === '' ? null : new Date(text).getTime();
}
