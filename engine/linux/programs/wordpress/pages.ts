import { escapeHtml } from '../html.ts';

// Pages of our own, as plain as they can be; what matters of the real ones is on them.

const page = (title: string, body: string): string =>
  `<!DOCTYPE html>\n<html lang="en-US">\n<head>\n<meta charset="UTF-8">\n<title>${escapeHtml(title)}</title>\n</head>\n<body>\n${body}</body>\n</html>\n`;

export const DATABASE_ERROR = page(
  'Database Error',
  '<div class="wp-die-message"><h1>Error establishing a database connection</h1></div>\n',
);

const field = (name: string, label: string, type = 'text'): string =>
  `<p><label>${label} <input name="${name}" type="${type}"></label></p>\n`;

/** The famous five-minute installation. @param complaint about what was sent before */
export function installPage(complaint = ''): string {
  const fields = [
    field('weblog_title', 'Site Title'),
    field('user_name', 'Username'),
    field('admin_password', 'Password', 'password'),
    field('admin_email', 'Your Email', 'email'),
  ];
  const form = `<form method="post" action="install.php?step=2">\n${fields.join('')}<p><input type="submit" name="Submit" value="Install WordPress"></p>\n</form>\n`;
  const message = complaint === '' ? '' : `<p class="message">${complaint}</p>\n`;
  return page('WordPress › Installation', `<h1>Welcome</h1>\n${message}<h2>Information needed</h2>\n${form}`);
}

export const installedPage = (user: string): string =>
  page(
    'WordPress › Installation',
    `<h1>Success!</h1>\n<p>WordPress has been installed. Thank you, and enjoy!</p>\n<p>Username: ${escapeHtml(user)}</p>\n<p><a href="../wp-login.php">Log In</a></p>\n`,
  );

export const ALREADY_INSTALLED = page(
  'WordPress › Installation',
  '<h1>Already Installed</h1>\n<p>You appear to have already installed WordPress. To reinstall please clear your old database tables first.</p>\n',
);

export function frontPage(site: string, posts: readonly { readonly title: string; readonly text: string }[]): string {
  const articles = posts.map(
    ({ title, text }) => `<article>\n<h2>${escapeHtml(title)}</h2>\n<p>${escapeHtml(text)}</p>\n</article>\n`,
  );
  return page(site, `<h1>${escapeHtml(site)}</h1>\n${articles.join('')}`);
}

export function loginPage(site: string): string {
  const fields = [field('log', 'Username or Email Address'), field('pwd', 'Password', 'password')];
  return page(
    `Log In ‹ ${site} — WordPress`,
    `<form method="post" action="wp-login.php">\n${fields.join('')}<p><input type="submit" value="Log In"></p>\n</form>\n<p>The dashboard is not part of this simulation.</p>\n`,
  );
}
