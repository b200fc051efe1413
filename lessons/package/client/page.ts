import type { BenchSetup } from '../../bench/protocol.ts';
import { setText } from '../../elements/dom.ts';
import { ThemeChoice } from '../../elements/theme-choice.ts';
import type { PackageWords } from '../../i18n/en/package.ts';
import { openCmi5 } from './cmi5.ts';
import { type Lms, LmsError, type Standing } from './lms.ts';
import { openScorm } from './scorm.ts';
import { PackageSession } from './session.ts';
import { newUuid } from './uuid.ts';
import { packageWords } from './words.ts';

// The page of a package: first the course around it is asked, then the bench begins where the course says it was.

customElements.define('dd-theme', ThemeChoice);
const words = await packageWords();
const note = document.querySelector<HTMLElement>('.course-standing')!;

/** Fetched by now, so that the bench waits for the course and for nothing else. */
const elements = import('../../elements/the-bench.ts');

async function begin(): Promise<void> {
  detachLinks();
  const session = await openSession().catch((error) => {
    if (!(error instanceof LmsError)) throw error;
    setText(note, words.unreachable(error.message));
    return undefined;
  });
  await import('../../elements/lesson.ts');
  const { bench } = await (await elements).theBench;
  session?.follow(bench);
}

async function openSession(): Promise<PackageSession | undefined> {
  const lms = await openLms();
  if (lms === undefined) {
    setText(note, words.alone);
    return undefined;
  }
  const setup = JSON.parse(document.querySelector('dd-bench')!.getAttribute('setup')!) as BenchSetup;
  let standing: Standing | undefined;
  let refused = false;
  const draw = () => setText(note, noteOn(lms, words, standing, refused));
  lms.onTrouble((news) => {
    refused = news;
    draw();
  });
  const session = await PackageSession.begin(lms, setup, (news) => {
    standing = news;
    draw();
  });
  if (lms.returnUrl !== undefined) offerReturn(lms.returnUrl, session);
  // A page that comes back out of the browser's memory has said good-bye already.
  addEventListener('pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) location.reload();
  });
  return session;
}

function openLms(): Promise<Lms | undefined> | Lms | undefined {
  const format = document.body.dataset['format'];
  const now = () => Date.now();
  const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
  if (format !== 'cmi5') return openScorm(window, format === 'scorm12' ? '1.2' : '2004', now);
  return openCmi5(new URL(location.href), {
    ...{ now, wait, newId: newUuid },
    fetch: (url, init) => fetch(url, init),
  });
}

function noteOn(lms: Lms, words: PackageWords, standing: Standing | undefined, refused: boolean): string {
  if (lms.looking) return words.looking;
  if (refused) return words.refused;
  if (standing === undefined) return '';
  const percent = Math.floor(standing.score * 100);
  return standing.passed ? words.passed(percent) : words.standing(percent);
}

function offerReturn(url: string, session: PackageSession): void {
  const link = document.querySelector<HTMLAnchorElement>('.course-return')!;
  link.href = url;
  setText(link, words.back);
  link.hidden = false;
  link.addEventListener('click', () => session.end());
}

/** Other pages of the site are not in the package, and other sites do not open in a course's frame. */
function detachLinks(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('article a[href]')) {
    const href = link.getAttribute('href')!;
    if (/^https?:/.test(href)) {
      link.target = '_blank';
      link.rel = 'noopener noreferrer';
    } else if (!href.startsWith('#')) {
      link.replaceWith(...link.childNodes);
    }
  }
}

await begin();
