import { exercisesIn, languagePaths, lessonsIn } from '../../course.ts';
import { FIRST, type Language } from '../../i18n/languages.ts';
import { linkTo } from '../../links.ts';
import { joinedLines } from '../../wide-lines.ts';

export const getStaticPaths = languagePaths;

/** What the search looks through: a page each, with its words. */
export async function GET({ props }: { props: { language: Language } }): Promise<Response> {
  const { language } = props;
  const lessons = (await lessonsIn(language)).map(({ slug, data, entry, translated }) => ({
    url: linkTo(`lessons/${slug}/`, language.id),
    title: data.title,
    text: [data.question, data.summary, plain(entry.body ?? '')].join(' '),
    language: translated ? undefined : FIRST.code,
  }));
  const exercises = (await exercisesIn(language)).map(({ exercise }) => ({
    url: linkTo(`exercises/${exercise.id}/`, language.id),
    title: exercise.title,
    text: plain(exercise.brief),
  }));
  return new Response(JSON.stringify([...lessons, ...exercises]));
}

/** Markdown without its marks; what components are given stays, for commands and questions are worth finding. */
function plain(markdown: string): string {
  const text = markdown
    .replace(/<(\w+)[^>]*?(?:command|question|title)="([^"]*)"[^>]*>/g, ' $2 ')
    .replace(/<[^>]+>|\{[^{}]*\}/g, ' ')
    .replace(/\]\([^)]*\)/g, '')
    .replace(/[[\]*`]+/g, '')
    .replace(/[#|]+/g, ' ');
  return joinedLines(text).replace(/\s+/g, ' ').trim();
}
