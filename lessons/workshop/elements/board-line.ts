import { h } from '../../elements/dom.ts';
import { type BenchCard, cardIdOf } from '../bench-card.ts';
import type { BoardRow } from '../board.ts';
import { localPage } from '../client/addresses.ts';
import { words } from '../page-words.ts';
import { spanText } from '../span-text.ts';

/** Whoever has been at one check for so long is stuck. */
export const STUCK_MS = 5 * 60 * 1000;

/** What a line of the board stands in. */
export interface LineSetting {
  readonly cards: ReadonlyMap<string, BenchCard>;
  /** By the server's clock. */
  readonly now: number;
  /** For a wall that everybody sees: without names and doors. */
  readonly projected: boolean;
  /** Of the board, for the links to learners' benches. */
  readonly key: string;
  nameOf(id: string): string | undefined;
  lowerHand(id: string): void;
  open(row: BoardRow): void;
}

/** Somebody's line. @param number under which they appear where there are no names */
export function boardLine(row: BoardRow, number: number, setting: LineSetting): HTMLElement {
  const { cards, now, projected } = setting;
  const { handAt, seenAt, working, at } = row;
  const since = working === undefined ? undefined : now - working.since;
  const classes = [handAt === undefined ? '' : 'hand-up', row.pairedWith === undefined ? '' : 'paired'];
  return h(
    'tr',
    {
      class: classes.filter((each) => each !== '').join(' '),
      ...(since !== undefined && since > STUCK_MS ? { 'data-stuck': true } : {}),
    },
    h('th', { scope: 'row' }, ...nameOf(row, number, setting)),
    h('td', {}, ...progressOf(row, setting)),
    h('td', {}, working === undefined ? (cardAt(cards, at)?.title ?? '') : workingText(cards, working)),
    h('td', {}, since === undefined ? '' : spanText(words, since)),
    h('td', {}, spanText(words, now - seenAt)),
    h('td', {}, ...(projected ? [] : doorsOf(row, setting))),
  );
}

function nameOf(
  { name, handAt, pairedWith }: BoardRow,
  number: number,
  { projected, nameOf: other }: LineSetting,
): (HTMLElement | string | undefined)[] {
  const { board } = words;
  const partner = pairedWith === undefined || projected ? undefined : other(pairedWith);
  return [
    handAt === undefined ? undefined : h('span', { class: 'hand', role: 'img', 'aria-label': board.handUp }, '✋ '),
    projected ? board.learner(number) : name,
    partner === undefined ? undefined : h('span', { class: 'quiet' }, ` ${board.with(partner)}`),
  ];
}

function doorsOf(row: BoardRow, setting: LineSetting): (HTMLElement | undefined)[] {
  const { board } = words;
  const { id, handAt, at } = row;
  const address = at === undefined ? undefined : mirrorAddress(id, at, setting);
  const button = (key: string, text: string, onclick: () => void) =>
    h('button', { type: 'button', class: 'quiet-button', 'data-key': `${key} ${id}`, onclick }, text);
  return [
    address === undefined
      ? undefined
      : h('a', { href: address, target: '_blank', 'data-key': `look ${id}` }, board.look),
    handAt === undefined ? undefined : button('hand', board.lowerHand, () => setting.lowerHand(id)),
    button('more', board.more, () => setting.open(row)),
  ];
}

/** Of the page on which the instructor sees this bench as the learner has it. */
function mirrorAddress(id: string, benchId: string, { cards, key }: LineSetting): string | undefined {
  const card = cardAt(cards, benchId);
  if (card === undefined) return undefined;
  return `${localPage(card.path)}#${new URLSearchParams({ mirror: id, bench: benchId, key })}`;
}

/** A run of dots a bench, which lead to it; said as words to those who do not see them. */
function progressOf({ id, benches }: BoardRow, setting: LineSetting): HTMLElement[] {
  return benches.flatMap(({ benchId, met }) => {
    const card = cardAt(setting.cards, benchId);
    if (card === undefined || card.checks.length === 0) return [];
    const dots = card.checks.map((check) => (met.includes(check.id) ? '●' : '○')).join('');
    const said = `${titleOf(card, benchId)}: ${met.length}/${card.checks.length}`;
    const address = setting.projected ? undefined : mirrorAddress(id, benchId, setting);
    if (address === undefined)
      return [h('span', { class: 'dots', role: 'img', 'aria-label': said, title: said }, dots)];
    const about = { class: 'dots', 'aria-label': said, title: said, 'data-key': `dots ${id} ${benchId}` };
    return [h('a', { href: address, target: '_blank', ...about }, dots)];
  });
}

function workingText(cards: LineSetting['cards'], { benchId, checkId }: NonNullable<BoardRow['working']>): string {
  const card = cardAt(cards, benchId);
  if (card === undefined) return benchId;
  return `${titleOf(card, benchId)}: ${card.checks.find(({ id }) => id === checkId)?.title ?? checkId}`;
}

function titleOf({ title }: BenchCard, benchId: string): string {
  return benchId.startsWith('exam/') ? words.board.inExam(title) : title;
}

function cardAt(cards: LineSetting['cards'], benchId: string | undefined): BenchCard | undefined {
  return benchId === undefined ? undefined : cards.get(cardIdOf(benchId));
}
