import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { componentsOf, type LessonText, readLessons } from '../check/course-text.ts';
import { checksOf, walkLesson } from '../check/walk.ts';

// Lessons rot as the engine moves on; here every lesson is gone through, in order, as a reader would: its commands run,
// its buttons pressed, and each of its checks has to come true where it stands.

// A lesson may take ten minutes of a cluster's life, on a machine that has other things to do.
const written = readLessons(resolve(import.meta.dirname, '../..'));
const lessons = written.filter(({ language }) => language === 'en');
const translations = written.filter(({ language }) => language !== 'en');

/** What somebody tries who reads on later. */
const OF_ONES_OWN = [
  'kubectl debug node/control-plane --image=busybox:1.37 -- true',
  'kubectl run looker --image=busybox:1.37 -- sleep infinity',
  'kubectl create deployment mine --image=nginx:1.29',
  'sleep 5',
].join('; ');

const used = (lesson: LessonText, name: string) => componentsOf(lesson).filter((each) => each.name === name);

for (const lesson of lessons) {
  const name = `en/${lesson.slug}.mdx`;

  test(`${name}: its checks wait, its commands do what a reader expects, and its checks come to be met`, () => {
    const { offences, printed } = walkLesson(lesson);
    expect(offences).toEqual([]);
    expect(printed.length).toBeGreaterThan(3);
    expect(new Set(used(lesson, 'Check').map(({ given }) => given['goal']))).toEqual(
      new Set(checksOf(lesson.head).map(({ id }) => id)),
    );
  });

  test(`${name}: it can be gone through with Pods of one's own about`, () => {
    expect(walkLesson(lesson, OF_ONES_OWN).offences).toEqual([]);
  });

  test(`${name}: no word belittles`, () => {
    expect(lesson.text).not.toMatch(/\b(simply|just)\b/i);
  });
}

for (const translation of translations) {
  test(`${translation.language}/${translation.slug}.mdx: it takes the same steps as the English lesson`, () => {
    const original = lessons.find(({ slug }) => slug === translation.slug)!;
    expect(stepsOf(translation)).toEqual(stepsOf(original));
    const titles = Object.keys(translation.head.checks ?? {});
    expect(titles).toEqual(checksOf(original.head).map(({ id }) => id));
  });
}

function stepsOf(lesson: LessonText) {
  const steps = componentsOf(lesson).filter(({ name }) => ['Run', 'Check', 'Break', 'ByHand'].includes(name));
  return steps.map(({ name, given }) => ({ name, given }));
}
