import type { Lms, Standing } from './lms.ts';

type Api = Readonly<Record<string, (...args: string[]) => unknown>>;
type Pairs = readonly (readonly [element: string, value: string])[];

/** What differs between the two editions of SCORM that are in use. */
interface Edition {
  /** The object that a system offers. */
  readonly api: string;
  readonly calls: Readonly<Record<'initialize' | 'terminate' | 'get' | 'set' | 'commit', string>>;
  readonly mode: string;
  /** The smallest room that a system must have for `cmi.suspend_data`, in characters. */
  readonly room: number;
  passMark(get: (element: string) => string): string;
  standing(standing: Standing): Pairs;
  ending(sessionMs: number): Pairs;
}

/** SCORM Run-Time Environment 1.2 (ADL, 2001), section 3.4. Its one status says both whether it is done and whether well. */
const SCORM_12: Edition = {
  api: 'API',
  calls: {
    initialize: 'LMSInitialize',
    terminate: 'LMSFinish',
    get: 'LMSGetValue',
    set: 'LMSSetValue',
    commit: 'LMSCommit',
  },
  mode: 'cmi.core.lesson_mode',
  room: 4096,
  passMark: (get) => {
    const percent = get('cmi.student_data.mastery_score');
    return percent === '' ? '' : String(Number(percent) / 100);
  },
  standing: ({ score, passed, completed }) => [
    ['cmi.core.score.min', '0'],
    ['cmi.core.score.max', '100'],
    ['cmi.core.score.raw', decimal(score * 100, 2)],
    ['cmi.core.lesson_status', passed ? 'passed' : completed ? 'completed' : 'incomplete'],
  ],
  ending: (sessionMs) => [
    ['cmi.core.session_time', clockTime(sessionMs)],
    ['cmi.core.exit', 'suspend'],
  ],
};

/** SCORM 2004 4th Edition, Run-Time Environment 1.1 (ADL, 2009), section 4.2. */
const SCORM_2004: Edition = {
  api: 'API_1484_11',
  calls: { initialize: 'Initialize', terminate: 'Terminate', get: 'GetValue', set: 'SetValue', commit: 'Commit' },
  mode: 'cmi.mode',
  room: 64_000,
  passMark: (get) => get('cmi.scaled_passing_score'),
  standing: ({ score, passed, completed }) => [
    ['cmi.score.min', '0'],
    ['cmi.score.max', '100'],
    ['cmi.score.raw', decimal(score * 100, 2)],
    ['cmi.score.scaled', decimal(score, 4)],
    ['cmi.progress_measure', completed ? '1' : decimal(score, 4)],
    ['cmi.completion_status', completed ? 'completed' : 'incomplete'],
    ['cmi.success_status', passed ? 'passed' : 'unknown'],
  ],
  ending: (sessionMs) => [
    ['cmi.session_time', isoDuration(sessionMs)],
    ['cmi.exit', 'suspend'],
  ],
};

/** The system around this page by either edition; undefined where there is none, or where it does not begin. */
export function openScorm(window: Window, edition: '1.2' | '2004', now: () => number): Lms | undefined {
  const { api: name } = edition === '1.2' ? SCORM_12 : SCORM_2004;
  const api = findApi(window, name);
  const lms = api === undefined ? undefined : new ScormLms(api, edition === '1.2' ? SCORM_12 : SCORM_2004, now);
  return lms?.begin() === true ? lms : undefined;
}

class ScormLms implements Lms {
  readonly #api: Api;
  readonly #edition: Edition;
  readonly #now: () => number;
  readonly #beganMs: number;
  #tell: (refused: boolean) => void = () => {};
  /** What was said last, so that nothing is said twice: each call may be a request. */
  readonly #said = new Map<string, string>();

  constructor(api: Api, edition: Edition, now: () => number) {
    this.#api = api;
    this.#edition = edition;
    this.#now = now;
    this.#beganMs = now();
  }

  readonly returnUrl = undefined;

  begin(): boolean {
    return this.#call('initialize', '');
  }

  get kept(): string | undefined {
    return this.#get('cmi.suspend_data') || undefined;
  }

  get room(): number {
    return this.#edition.room;
  }

  get passMark(): number | undefined {
    const mark = this.#edition.passMark((element) => this.#get(element));
    return mark === '' || !(Number(mark) >= 0 && Number(mark) <= 1) ? undefined : Number(mark);
  }

  get looking(): boolean {
    return ['browse', 'review'].includes(this.#get(this.#edition.mode));
  }

  report(standing: Standing): void {
    this.#say(this.#edition.standing(standing));
  }

  keep(text: string): void {
    this.#say([['cmi.suspend_data', text]]);
  }

  end(standing: Standing): void {
    if (!this.looking) this.#set(this.#edition.standing(standing));
    this.#set(this.#edition.ending(this.#now() - this.#beganMs));
    this.#call('commit', '');
    this.#call('terminate', '');
  }

  onTrouble(listener: (refused: boolean) => void): void {
    this.#tell = listener;
  }

  #say(pairs: Pairs): void {
    const news = pairs.filter(([element, value]) => this.#said.get(element) !== value);
    if (news.length === 0) return;
    const taken = this.#set(news) && this.#call('commit', '');
    if (!taken) for (const [element] of news) this.#said.delete(element);
    this.#tell(!taken);
  }

  #set(pairs: Pairs): boolean {
    return pairs
      .map(([element, value]) => {
        this.#said.set(element, value);
        return this.#call('set', element, value);
      })
      .every(Boolean);
  }

  #get(element: string): string {
    return String(this.#raw('get', element) ?? '');
  }

  /** Every call answers `"true"` or `"false"`; some systems answer with the boolean. */
  #call(call: keyof Edition['calls'], ...args: string[]): boolean {
    return String(this.#raw(call, ...args)) === 'true';
  }

  /** A system's error must not end the lesson. */
  #raw(call: keyof Edition['calls'], ...args: string[]): unknown {
    try {
      return this.#api[this.#edition.calls[call]]?.(...args);
    } catch {
      return undefined;
    }
  }
}

/** Frames within frames that are looked through; a page may be its own parent. */
const DEEPEST = 500;

/** The object is in one of the frames around this page, or around the one that opened its window. */
function findApi(window: Window, name: string): Api | undefined {
  return apiAround(window, name) ?? apiAround(openerOf(window), name) ?? apiAround(openerOf(topOf(window)), name);
}

function apiAround(start: Window | undefined, name: string): Api | undefined {
  let here = start;
  for (let depth = 0; here !== undefined && depth < DEEPEST; depth++) {
    const api = apiOf(here, name);
    if (api !== undefined) return api;
    here = here.parent === here ? undefined : here.parent;
  }
  return undefined;
}

/** Another site's frame lets nobody look into it. */
function apiOf(window: Window, name: string): Api | undefined {
  try {
    return (window as unknown as Record<string, Api | undefined>)[name] ?? undefined;
  } catch {
    return undefined;
  }
}

function openerOf(window: Window | undefined): Window | undefined {
  try {
    return (window?.opener as Window | null | undefined) ?? undefined;
  } catch {
    return undefined;
  }
}

function topOf(window: Window): Window | undefined {
  return window.top ?? undefined;
}

function decimal(value: number, places: number): string {
  return String(Number(value.toFixed(places)));
}

/** `HHHH:MM:SS.SS`, as SCORM 1.2 writes a time span. */
function clockTime(ms: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const hundredths = Math.round(ms / 10);
  const seconds = Math.floor(hundredths / 100);
  const hours = Math.min(9999, Math.floor(seconds / 3600));
  const minutes = Math.floor(seconds / 60) % 60;
  return `${String(hours).padStart(4, '0')}:${two(minutes)}:${two(seconds % 60)}.${two(hundredths % 100)}`;
}

/** As ISO 8601 writes a time span: `PT1234.56S`. */
export function isoDuration(ms: number): string {
  return `PT${decimal(ms / 1000, 2)}S`;
}
