import { benchOfExercise, benchOfLesson, exercisePath, lessonsIn, variantsIn } from '../../course.ts';
import { FIRST, LANGUAGES } from '../../i18n/languages.ts';
import type { BenchCard } from '../../workshop/bench-card.ts';
import { benchVersion } from '../../workshop/bench-version.ts';

/** The benches of this build, for a workshop's server. */
export async function GET(): Promise<Response> {
  const lessons = await lessonsIn(FIRST);
  const inEachLanguage = await Promise.all(LANGUAGES.map(lessonsIn));
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
    };
  });
  for (const course of await variantsIn(FIRST)) {
    const setup = benchOfExercise(course);
    const { exercise, number } = course;
    const checks = exercise.checks.map((check) => ({ ...named(check), points: check.points }));
    const { id: exerciseId, title, minutes } = exercise;
    const versions = [benchVersion(setup)];
    const path = `exercises/${exercisePath(course)}/`;
    cards.push({ id: setup.id, title, path, versions, minutes, checks, exercise: exerciseId, variant: number });
  }
  return new Response(JSON.stringify(cards));
}

function named({ id, title }: { readonly id: string; readonly title: string }) {
  return { id, title };
}
