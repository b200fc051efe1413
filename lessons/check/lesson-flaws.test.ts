import { expect, test } from 'vitest';
import { flawsOfChinese } from './chinese.ts';
import { componentsOf, type LessonText } from './course-text.ts';
import { flawsOfLesson, outOfStep } from './lesson-flaws.ts';

const lesson = (text: string, head: LessonText['head'] = {}, language = 'en'): LessonText => ({
  file: `${language}/a.mdx`,
  language,
  slug: 'a',
  head,
  text,
  firstLine: 10,
});
/** What every lesson has; it comes after the text that is looked at, on its last line. */
const REST = ' <Predict> <Run> <Quiz> <Aside> [on](https://kubernetes.io/docs/)';
const flaws = (text: string, head?: LessonText['head']) =>
  flawsOfLesson(lesson(text + REST, head), new Set(['lessons/pause-container'])).map(
    ({ line, message }) => `${line}: ${message}`,
  );

test('components are read with what they are given, and their lines', () => {
  const text =
    'One.\n\n<Run command="kubectl get pods -o jsonpath=\'{.a}\'" fails />\n<Predict\n  question="Why?"\n  answer={2}\n>\n';
  expect(componentsOf(lesson(text))).toEqual([
    { name: 'Run', given: { command: "kubectl get pods -o jsonpath='{.a}'", fails: '' }, line: 12 },
    { name: 'Predict', given: { question: 'Why?', answer: '2' }, line: 13 },
  ]);
});

test('terms are spelt as the documentation spells them, but not in code and commands', () => {
  expect(flaws('Two pods.\n`kubectl get pods` <Run command="kubectl get pods" />')).toEqual(['10: "pods": write Pod']);
  expect(flaws('It is simply a config map.')).toHaveLength(2);
});

test('Chinese has terms, spaces and punctuation of its own, but not in code and commands', () => {
  const chinese = (text: string) =>
    flawsOfChinese('zh/a.mdx', text, 10).map(({ line, message }) => `${line}: ${message}`);
  expect(
    chinese('两个 Pod。\n<Run command="kubectl get pods -l app=灯" /> `a,灯`（*只有* `x`），**下一个**。'),
  ).toEqual([]);
  expect(chinese('两个Pod')).toEqual(['10: "个P": put a space between Chinese and Latin']);
  expect(chinese('两个,\n三个 。')).toEqual([
    '10: "个,": write the Chinese punctuation mark',
    '11: " 。": no space beside a Chinese punctuation mark',
  ]);
  expect(chinese('它是选择器。')).toEqual(['10: "选择器": write 选择算符']);
  expect(chinese('问一句：*能吗？*能')).toEqual([
    '10: "能吗？": Markdown shows the stars; put the punctuation mark outside of them',
  ]);
});

test('a lesson has a guess, something to do, a check of understanding, where it bites, and where to read on', () => {
  const lacking = (text: string, language?: string) =>
    flawsOfLesson(lesson(text, {}, language), new Set()).map(({ message }) => message);
  expect(
    lacking('<Predict /> <Break /> <Ask />\n\n[a](https://kubernetes.io/docs/)\n\n## Seen\n\nThis.', 'zh'),
  ).toEqual([
    'no word on where it bites: add an <Aside>',
    'its last part says nowhere to read on: add a link to the documentation',
  ]);
  expect(lacking('')).toHaveLength(5);
});

test('links lead somewhere', () => {
  expect(flaws('[a](https://kubernetes.io/docs/) [b](../lessons/pause-container/) [c](../lessons/nowhere/)')).toEqual([
    '10: the link "../lessons/nowhere/" leads nowhere: write https://…, or ../slug/ of a page that exists',
  ]);
});

test('checks and files of the front matter and of the text are the same', () => {
  expect(flaws('\n<File name="b.yaml" />', { checks: [{ id: 'runs' }], files: { 'a.yaml': '' } })).toEqual([
    '1: the check "runs" stands nowhere in the text: add <Check goal="runs" />',
    '11: there is no file "b.yaml" in the front matter',
  ]);
});

test('a translation takes the same steps', () => {
  const english = lesson('<Run command="a" />\n<Check goal="b" />');
  expect(outOfStep(english, lesson('字\n<Run command="a" />\n\n<Check goal="b" />', {}, 'zh'))).toBeUndefined();
  expect(outOfStep(english, lesson('<Run command="x" />', {}, 'zh'))).toEqual({
    file: 'zh/a.mdx',
    line: 10,
    message: '<Run command="x">, but en/a.mdx:10 has <Run command="a">',
  });
  expect(outOfStep(english, lesson('<Run command="a" />', {}, 'zh'))?.message).toContain(
    'here the text ends, but en/a.mdx:11 has <Check',
  );
});
