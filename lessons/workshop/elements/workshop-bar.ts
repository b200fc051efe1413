import type { ClusterInput } from '@drydock/engine';
import { h, setText } from '../../elements/dom.ts';
import { type BenchDoor, theBench } from '../../elements/the-bench.ts';
import { cardIdOf } from '../bench-card.ts';
import { apiBase } from '../client/addresses.ts';
import { WorkshopApi, WorkshopError } from '../client/api.ts';
import { readEvents } from '../client/event-reader.ts';
import { type Heard, NEWS_MS } from '../client/heard.ts';
import type { JournalLink, LinkState } from '../client/journal-link.ts';
import { oneByOne } from '../client/one-by-one.ts';
import { refusalText } from '../client/refusal-text.ts';
import { joinedSession, onSessionChange } from '../client/session.ts';
import { offerSteps } from '../offer-steps.ts';
import { words } from '../page-words.ts';
import type { MessageBody, Settings } from '../records.ts';
import type { LearnerReport } from '../report.ts';
import { timeLeft } from '../time-left.ts';
import { tellBarHeight } from './bar-height.ts';
import { NewsList } from './news-list.ts';

interface Me {
  readonly hand: boolean;
  /** On whose bench this person works. */
  readonly partner?: string;
  /** Who works on this person's bench. */
  readonly guests: readonly string[];
  readonly title: string;
  /** The server's clock. */
  readonly now: number;
  readonly settings: Omit<Settings, 'benches'> & { readonly benches: readonly string[] };
}

/** The server has of this bench what another tab, device or person did. */
const GONE_ON = ['gone-on', 'diverged'];

/** `<dd-workshop-bar>`: on a bench that a workshop follows, what comes from the instructor and what goes to them. */
export class WorkshopBar extends HTMLElement {
  readonly #api = new WorkshopApi(apiBase('me'), joinedSession()?.token ?? '');
  readonly #state = h('span', { class: 'link-state', role: 'status' });
  readonly #timer = h('span', { class: 'timer' });
  readonly #hand = h('button', {
    type: 'button',
    class: 'quiet-button',
    'aria-pressed': 'false',
    onclick: () => void this.#raise(),
  });
  readonly #handIn = h(
    'button',
    { type: 'button', class: 'strong', hidden: true, onclick: () => void this.#sendIn() },
    words.bar.handIn,
  );
  readonly #grade = h('span', { role: 'status' });
  readonly #news = new NewsList();
  readonly #refusal = h('p', { class: 'problem', role: 'status', hidden: true });
  /** Where the bench has gone on elsewhere, one of the two has to give way. */
  readonly #choice = h(
    'p',
    { hidden: true },
    h('button', { type: 'button', onclick: () => void this.#showThere() }, words.bar.showThere),
    h('button', { type: 'button', onclick: () => void this.#insist() }, words.bar.goOnHere),
  );
  #me: Me | undefined;
  /** This device's clock may be wrong; the server's counts. */
  #skewMs = 0;
  #door: BenchDoor | undefined;
  #link: JournalLink | undefined;
  #linkState: LinkState = { kind: 'followed' };

  connectedCallback(): void {
    const { title = '' } = joinedSession() ?? {};
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', words.bar.label);
    const line = h('p', {}, h('strong', {}, title), this.#state, this.#timer, this.#handIn, this.#grade, this.#hand);
    this.replaceChildren(line, this.#refusal, this.#choice, this.#news.element);
    setText(this.#hand, words.bar.hand);
    tellBarHeight(this);
    // Whoever leaves on this device is followed in no other tab either.
    onSessionChange(() => location.reload());
    setInterval(() => this.#showTime(), 1000);
    void theBench.then((door) => {
      this.#door = door;
      door.bench.phase.on(() => this.#showState());
      if (this.#isGraded) void this.#showGrade();
      void this.#refresh();
      void readEvents(
        this.#api,
        '/messages',
        ({ event, data }) => {
          if (event === 'message') void this.#hear(data as Heard);
          if (event === 'grade') void this.#showGrade();
        },
        // Whether they were taken out, or only the network is away.
        (connected) => {
          if (!connected) void this.#refresh();
        },
      );
    });
  }

  /** The journal of this page's bench. */
  follow(link: JournalLink): void {
    this.#link = link;
    link.state.on((state) => this.#showLink(state));
    void theBench.then(({ bench }) => {
      bench.goals.on((goals) => link.checks(goals));
      bench.phase.on(({ kind }) => kind === 'elsewhere' && link.rest());
    });
  }

  #showLink(state: LinkState): void {
    this.#linkState = state;
    this.#refuse(state.kind === 'apart' ? apartText(state) : undefined);
    this.#choice.hidden = state.kind !== 'apart' || !GONE_ON.includes(state.error.code);
    this.#showState();
  }

  /** What was done here since is put aside. */
  async #showThere(): Promise<void> {
    const run = await this.#link?.fetchRun();
    if (run === undefined) this.#refuse(words.refusals['unreachable']);
    else await this.#door?.bench.adopt(run);
  }

  async #insist(): Promise<void> {
    try {
      await this.#link?.insist();
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      this.#refuse(refusalText(error));
    }
  }

  /** What the instructor sees of this bench; where another tab has it, this one has nothing to hand in either. */
  #showState(): void {
    const state = this.#linkState;
    this.dataset['state'] = this.#isElsewhere ? 'elsewhere' : state.kind;
    setText(this.#state, this.#isElsewhere ? words.bar.elsewhere : stateText(state, this.#me));
    this.#handIn.hidden = !this.#isGraded || this.#isElsewhere;
  }

  get #isElsewhere(): boolean {
    return this.#door?.bench.phase.value.kind === 'elsewhere';
  }

  get #isGraded(): boolean {
    return /^(exercise|exam)\//.test(this.#door?.bench.setup.id ?? '');
  }

  #refuse(reason: string | undefined): void {
    this.#refusal.hidden = reason === undefined;
    setText(this.#refusal, reason ?? '');
  }

  /** A page that is opened hears of every change there was. */
  readonly #refresh = oneByOne(() => this.#read());

  async #read(): Promise<void> {
    const before = this.#me;
    this.#me = await this.#api.call<Me>('GET', '').catch((error: WorkshopError) => {
      if (error.status === 401) this.#showLink({ kind: 'apart', error, waited: 0 });
      return before;
    });
    if (this.#me === undefined) return;
    if (before !== undefined && before.partner !== this.#me.partner) void this.#link?.lookThere();
    else if (before !== undefined) this.#link?.again();
    this.#showState();
    this.#skewMs = this.#me.now - Date.now();
    const { hand, settings } = this.#me;
    this.#hand.setAttribute('aria-pressed', String(hand));
    setText(this.#hand, hand ? words.bar.handUp : words.bar.hand);
    this.#pause(settings.paused);
    const solution = document.querySelector<HTMLElement>('.solution');
    const { id } = this.#door?.bench.setup ?? { id: '' };
    if (solution !== null && settings.revealed.includes(id)) solution.hidden = false;
    this.#showTime();
  }

  /** A bench goes on only where the class was paused: learners may have paused their own clock. */
  #pause(paused: boolean): void {
    if (this.#door === undefined) return;
    const wasPaused = this.hasAttribute('paused');
    this.toggleAttribute('paused', paused);
    if (paused || wasPaused) void this.#door.bench.remote?.drive({ order: paused ? 'pause' : 'play' });
  }

  async #raise(): Promise<void> {
    const up = this.#me?.hand !== true;
    try {
      await this.#api.call('PUT', '/hand', { up });
      this.#refuse(undefined);
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      this.#refuse(refusalText(error));
    }
    await this.#refresh();
  }

  /** The server grades what it has, so everything is sent first. */
  async #sendIn(): Promise<void> {
    const { bar } = words;
    setText(this.#grade, bar.handingIn);
    try {
      await this.#link?.flush();
      await this.#api.call('POST', `/grade/${encodeURIComponent(this.#door!.bench.setup.id)}`);
      // What was graded before is there at once; what is new comes with the messages.
      await this.#showGrade(bar.handingIn);
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      setText(this.#grade, refusalText(error));
    }
  }

  async #showGrade(otherwise = ''): Promise<void> {
    const report = await this.#api.call<LearnerReport>('GET', '/report').catch(() => undefined);
    const id = cardIdOf(this.#door!.bench.setup.id);
    const grade = report?.exercises.find(({ benchId }) => cardIdOf(benchId) === id);
    const { score, points, attempts = [], problem } = grade ?? {};
    const most = this.#me?.settings.mostAttempts;
    if (score === undefined || points === undefined) setText(this.#grade, otherwise);
    else setText(this.#grade, problem ?? words.bar.grade(score, points, attempts.length, most));
  }

  #showTime(): void {
    if (this.#me !== undefined) setText(this.#timer, timeLeft(words, this.#me.settings, Date.now() + this.#skewMs));
  }

  async #hear({ at, ageMs, body }: Heard): Promise<void> {
    if (body.kind === 'settings') {
      await this.#refresh();
      return;
    }
    if (ageMs > NEWS_MS || this.#heardBefore(at)) return;
    switch (body.kind) {
      case 'announce':
        this.#news.tell(body.text);
        break;
      case 'point':
        this.#point(body.benchId, body.checkId);
        break;
      case 'fault':
        if (this.#isElsewhere) return;
        // It strikes what was open when it was sent, also where the network was away; not what is opened later.
        if (ageMs > performance.now()) return;
        await this.#break(body);
        break;
      case 'offer':
        if (!this.#isElsewhere) this.#offer(body);
    }
  }

  /** Clusters differ: not each has what is to break. */
  async #break({ fault, text }: Extract<MessageBody, { kind: 'fault' }>): Promise<void> {
    try {
      await this.#door?.bench.submit({ kind: 'fault', fault } as ClusterInput);
      this.#news.tell(`${words.bar.fault} ${text}`);
    } catch {
      this.#news.tell(words.bar.faultElsewhere(text));
    }
  }

  /** A page that is opened again hears everything again. */
  #heardBefore(at: number): boolean {
    const key = `drydock-heard/${this.#door?.bench.setup.id}`;
    if (Number(sessionStorage.getItem(key) ?? 0) >= at) return true;
    sessionStorage.setItem(key, String(at));
    return false;
  }

  #point(benchId: string, checkId: string | undefined): void {
    const { bar } = words;
    if (benchId !== this.#door?.bench.setup.id) {
      void this.#news.pointElsewhere(benchId);
      return;
    }
    const { title, checks } = this.#door.bench.setup;
    const what = checks.find(({ id }) => id === checkId)?.title ?? title;
    const show = (): void => {
      this.#door?.showText();
      showPlace(checkId);
    };
    showPlace(checkId);
    // A drawer that lies over the place is shut only by whoever looks at it.
    this.#news.tell(bar.point(what), h('button', { type: 'button', onclick: show }, bar.pointShow));
  }

  #offer({ benchId, inputs, text }: Extract<MessageBody, { kind: 'offer' }>): void {
    if (benchId !== this.#door?.bench.setup.id) return;
    const { bar } = words;
    const lines = offerSteps(inputs as readonly ClusterInput[]);
    const steps = h('ol', {}, ...lines.map((line) => h('li', {}, h('code', {}, line))));
    const accept = h(
      'button',
      { type: 'button', class: 'strong', onclick: () => void this.#accept(inputs as readonly ClusterInput[], note) },
      bar.accept,
    );
    const details = h('details', {}, h('summary', {}, bar.offerSteps(lines.length)), steps);
    const note = this.#news.tell(text === '' ? bar.offer : `${bar.offer} ${text}`, details, accept);
  }

  /** The learner's own terminals may be in the middle of something, so what was typed goes into one of its own. */
  async #accept(inputs: readonly ClusterInput[], note: HTMLElement): Promise<void> {
    this.#news.tell(words.bar.accepted);
    this.#news.close(note);
    const door = this.#door!;
    const terminal = await door.spareTerminal();
    for (const input of inputs) {
      if (input.kind === 'terminal.input') await door.bench.submit({ ...input, terminal });
      else if (!input.kind.startsWith('terminal.')) await door.bench.submit(input);
    }
  }
}

function stateText(state: LinkState, me: Me | undefined): string {
  const { bar } = words;
  if (state.kind === 'waiting') return bar.waiting(state.inputs);
  if (state.kind === 'apart') return '';
  if (me?.partner !== undefined) return bar.paired(me.partner);
  return me === undefined || me.guests.length === 0 ? bar.followed : bar.joined(me.guests.join(', '));
}

/** Whoever had no way to the server until the end was past has done more than it knows. */
function apartText({ error, waited }: Extract<LinkState, { kind: 'apart' }>): string {
  const missing = error.code === 'over' && waited > 0 ? words.bar.unsent(waited) : '';
  return [refusalText(error), missing].filter((text) => text !== '').join(' ');
}

/** Brings into sight, and marks for a while, what is to be looked at: a check's place, or the page's beginning. */
function showPlace(checkId: string | undefined): void {
  const selector =
    checkId === undefined ? 'h1' : `[data-goal="${CSS.escape(checkId)}"], dd-check[goal="${CSS.escape(checkId)}"]`;
  const target = document.querySelector<HTMLElement>(selector) ?? document.querySelector<HTMLElement>('h1');
  target?.scrollIntoView({ block: 'center' });
  target?.classList.add('pointed');
  setTimeout(() => target?.classList.remove('pointed'), 6000);
}
