import { benchOfExercise, benchOfLesson, exercisePath, lessonsIn, variantsIn } from '../../course.ts';
import { languageOf } from '../../i18n/languages.ts';
import { packagedSubject } from '../subject.ts';

/** What the package that is built here is made of. */
export async function foundSubject() {
  const { kind, id, language: asked, format } = packagedSubject(process.env);
  const language = languageOf(asked);
  if (kind === 'lesson') {
    const lesson = (await lessonsIn(language)).find(({ slug }) => slug === id);
    if (lesson === undefined) throw new Error(`there is no lesson ${id}`);
    return { language, format, lesson, setup: benchOfLesson(lesson), description: lesson.data.summary };
  }
  const data = (await variantsIn(language)).find((each) => exercisePath(each) === id);
  if (data === undefined) throw new Error(`there is no exercise ${id}`);
  return { language, format, data, setup: benchOfExercise(data), description: data.exercise.title };
}
