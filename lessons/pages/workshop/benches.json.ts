import type { BenchSetup } from '../../bench/protocol.ts';
import { benchOfExercise, benchOfLesson, exercisePath, lessonsIn, variantsIn } from '../../course.ts';
import { FIRST, LANGUAGES } from '../../i18n/languages.ts';
import type { BenchCard } from '../../workshop/bench-card.ts';
import { benchVersion } from '../../workshop/bench-version.ts';

/** The benches of this build, for a workshop's server. */
export async function GET(): Promise<Response> {
  const lessons = await lessonsIn(FIRST);
  const inEachLanguage = await Promise.all(LANGUAGES.map(lessonsIn));
  const others = LANGUAGES.filter((language) => language !== FIRST);
  const otherLessons = await Promise.all(others.map(lessonsIn));
  const otherVariants = await Promise.all(others.map(variantsIn));
  const cards: BenchCard[] = lessons.map((lesson) => {
    const setups = inEachLanguage.flatMap((each) => each.filter(({ slug }) => slug === lesson.slug)).map(benchOfLesson);
    const { id, title, checks } = benchOfLesson(lesson);
    const versions = [...new Set(setups.map(benchVersion))];
    return {
      id,
      title,
      path: `${id.replace('lesson/', 'lessons/')}/`,
      versions,
      minutes: lesson.data.minutes,
      checks: checks.map(named),
      translations: translated(id, (language) => otherLessons[language]!.map(benchOfLesson)),
    };
  });
  for (const course of await variantsIn(FIRST)) {
    const setup = benchOfExercise(course);
    const { exercise, number } = course;
    const checks = exercise.checks.map((check) => ({ ...named(check), points: check.points }));
    const { id: exerciseId, title, minutes } = exercise;
    const versions = [benchVersion(setup)];
    const path = `exercises/${exercisePath(course)}/`;
    const translations = translated(setup.id, (language) => otherVariants[language]!.map(benchOfExercise));
    const card = { id: setup.id, title, path, versions, minutes, checks, translations };
    cards.push({ ...card, exercise: exerciseId, variant: number });
  }
  return new Response(JSON.stringify(cards));

  /** The titles of a bench in each other language. */
  function translated(id: string, benchesIn: (language: number) => readonly BenchSetup[]): BenchCard['translations'] {
    const titles = others.flatMap(({ code }, language) => {
      const bench = benchesIn(language).find((each) => each.id === id);
      if (bench === undefined) return [];
      const { title, checks } = bench;
      return [[code, { title, checks: Object.fromEntries(checks.map((check) => [check.id, check.title])) }] as const];
    });
    return Object.fromEntries(titles);
  }
}

function named({ id, title }: { readonly id: string; readonly title: string }) {
  return { id, title };
}
