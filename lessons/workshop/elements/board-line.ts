import { h } from '../../elements/dom.ts';
import { type BenchCard, cardIdOf } from '../bench-card.ts';
import type { BoardRow } from '../board.ts';
import { isStuck } from '../board-filter.ts';
import { localPage } from '../client/addresses.ts';
import { words } from '../page-words.ts';
import { spanText } from '../span-text.ts';

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
  const { board } = words;
  const { cards, now, projected } = setting;
  const { handAt, seenAt, working, at } = row;
  const since = working === undefined ? undefined : now - working.since;
  const classes = [handAt === undefined ? '' : 'hand-up', row.pairedWith === undefined ? '' : 'paired'];
  return h(
    'tr',
    {
      role: 'row',
      class: classes.filter((each) => each !== '').join(' '),
      ...(isStuck(row, now) ? { 'data-stuck': true } : {}),
    },
    h('th', { role: 'rowheader', scope: 'row' }, ...nameOf(row, number, setting)),
    cell(board.progress, ...progressOf(row, setting)),
    cell(board.working, working === undefined ? (cardAt(cards, at)?.title ?? '') : workingText(cards, working)),
    cell(board.since, since === undefined ? '' : spanText(words, since)),
    cell(board.seen, spanText(words, now - seenAt)),
    cell('', h('div', { class: 'doors' }, ...(projected ? [] : doorsOf(row, setting)))),
  );
}

/** On a phone a line is a block, which takes its roles from what is said here, and its heads from `data-head`. */
function cell(head: string, ...content: readonly (HTMLElement | string)[]): HTMLElement {
  return h('td', { role: 'cell', 'data-head': head }, ...content);
}

function nameOf(
  { name, handAt, pairedWith }: BoardRow,
  number: number,
  { projected, nameOf: other }: LineSetting,
): (HTMLElement | string | undefined)[] {
  const { board } = words;
  const partner = pairedWith === undefined || projected ? undefined : other(pairedWith);
  return [
    handAt === undefined ? undefined : h('span', { class: 'hand', role: 'img', 'aria-label': board.handUp }, '✋'),
    handAt === undefined ? undefined : ' ',
    projected ? board.learner(number) : name,
    partner === undefined ? undefined : h('span', { class: 'quiet' }, ` ${board.with(partner)}`),
  ];
}

/** Each says whose it is: a list of a page's links and buttons has no lines. */
function doorsOf(row: BoardRow, setting: LineSetting): (HTMLElement | undefined)[] {
  const { board } = words;
  const { id, name, handAt, at } = row;
  const address = at === undefined ? undefined : mirrorAddress(id, at, setting);
  const button = (key: string, text: string, onclick: () => void) =>
    h(
      'button',
      { type: 'button', class: 'quiet-button', 'aria-label': `${text}: ${name}`, 'data-key': `${key} ${id}`, onclick },
      text,
    );
  return [
    address === undefined
      ? undefined
      : h(
          'a',
          { href: address, target: '_blank', 'aria-label': `${board.look}: ${name}`, 'data-key': `look ${id}` },
          board.look,
        ),
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
