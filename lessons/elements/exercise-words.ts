import type { Report } from '../bench/grading.ts';
import { words } from '../i18n/page-words.ts';
import type { ExerciseGoals } from './exercise-goals.ts';
import { type ExerciseHints, hintLines } from './exercise-hints.ts';
import { type BenchDoor, theBench } from './the-bench.ts';

/** A word that was typed into a terminal, and how to answer there. */
export interface TerminalWord {
  readonly word: string;
  print(lines: readonly string[]): void;
}

/** Listens, in all terminals, for programs that are not here; and for `goal`, `check`, `hint`, `undo`, `reset` and `solution` in the terminals of an exercise. */
export function hearWords(): void {
  document.addEventListener('dd-word', (event) => {
    const { word, print } = (event as CustomEvent<TerminalWord>).detail;
    void theBench.then(async (door) => print(await answer(door, word)));
  });
}

async function answer(door: BenchDoor, word: string): Promise<readonly string[]> {
  const instead = new Map(Object.entries(words.terminal.instead)).get(word);
  if (instead !== undefined) return [instead];
  const goals = document.querySelector<ExerciseGoals>('dd-goals');
  if (goals === null) return [words.exercise.notHere];
  switch (word) {
    case 'goal':
      return goals.lines();
    case 'check':
      return reportLines(await goals.grade());
    case 'hint':
      return goals.inExam ? [words.exam.noHints] : await nextHint();
    case 'solution':
      return [goals.showSolution() ? words.exercise.solutionBelow : words.exercise.solutionLater];
    // Output of a container could say these words too, so that the learner is asked before anything is lost.
    case 'undo':
      void door.askUndo();
      return [];
    case 'reset':
      void door.askReset();
      return [];
    default:
      return [];
  }
}

async function nextHint(): Promise<readonly string[]> {
  const hints = document.querySelector<ExerciseHints>('dd-hints');
  return hints === null ? [] : hintLines(await hints.next());
}

function reportLines(report: Report | undefined): readonly string[] {
  if (report === undefined) return [words.exam.handedIn];
  const { seen: seenAs, why: because, where: at, try: next, said } = words.exercise;
  const fact = (what: string, text: string) => `  ${words.site.titled(what, text)}`;
  const lines = report.checks.flatMap(({ title, passed, seen, why, where, ask }) => [
    `${passed ? '✓' : '✗'} ${title}`,
    ...(passed ? [] : [fact(seenAs, said(seen)), ...why.map((cause) => fact(because, said(cause)))]),
    ...(passed || where === undefined ? [] : [fact(at, words.exercise.at(where.file, where.line))]),
    ...(passed || ask === undefined ? [] : [fact(next, ask)]),
  ]);
  return [...lines, words.exercise.score(report.earned, report.points)];
}
