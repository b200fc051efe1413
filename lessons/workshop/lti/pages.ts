import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { BenchCard } from '../bench-card.ts';

type Page = HtmlEscapedString | Promise<HtmlEscapedString>;

/** @param head what goes into the head besides */
function page(title: string, body: Page, head: Page | string = ''): Page {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${head}
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>`;
}

/** @param sentence why */
export function refusalPage(sentence: string): Page {
  return page(
    'This link does not open',
    html`<p>${sentence}.</p>
<p>Go back to your course and follow the link once more. If that does not help, tell your instructor.</p>`,
  );
}

/**
 * The way in. Whoever comes for the first time reads who sees what before they go on; the others go on by themselves. The
 * personal link stands in the page and nowhere in an address that a server sees.
 *
 * @param link the site's page, with a secret behind the `#`
 */
export function arrivalPage(title: string, name: string, link: string, known: boolean): Page {
  const onward = known ? html`<meta http-equiv="refresh" content="0;url=${link}">` : '';
  const seen = html`<p>While you are in the workshop, your instructor sees your name, the lessons you open and everything you do in
their clusters, command by command. The other learners see nothing of it. It is kept by the computer that runs the workshop until
your instructor wipes it. The points of what you hand in go to your course.</p>`;
  return page(
    title,
    html`<p>You come in as ${name}.</p>
${known ? '' : seen}
<p><a href="${link}">Go on</a></p>`,
    onward,
  );
}

/** What an instructor may link to. @param ticket brings the answer back to this asking */
export function choicePage(title: string, cards: readonly BenchCard[], ticket: string, multiple: boolean): Page {
  const type = multiple ? 'checkbox' : 'radio';
  const line = ({ id, title: name, exercise }: BenchCard): Page =>
    html`<li><label><input type="${type}" name="bench" value="${id}"> ${name}${exercise === undefined ? '' : ', graded'}</label></li>`;
  return page(
    title,
    html`<form method="post" action="choice">
<input type="hidden" name="ticket" value="${ticket}">
<p>What shall the course link to?</p>
<ul>${cards.map(line)}</ul>
<p><button type="submit">Choose</button></p>
</form>`,
  );
}

/** The choice goes back to the platform by the browser. */
export function returnPage(returnUrl: string, jwt: string, titles: readonly string[]): Page {
  return page(
    'Back to the course',
    html`<ul>${titles.map((title) => html`<li>${title}</li>`)}</ul>
<form method="post" action="${returnUrl}">
<input type="hidden" name="JWT" value="${jwt}">
<p><button type="submit">Add to the course</button></p>
</form>`,
  );
}
