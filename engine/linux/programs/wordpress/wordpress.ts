import type { Task } from '../../../sim/index.ts';
import type { HttpServerRequest, HttpServerResponse } from '../../http.ts';
import { decode } from '../../stdio.ts';
import type { Process, Program } from '../../syscalls.ts';
import { logApache, notFound, serveApache } from '../apache.ts';
import { type Connection, connect } from '../mysql/connection.ts';
import type { Value } from '../mysql/expression.ts';
import { SqlError } from '../mysql/sql-error.ts';
import { ALREADY_INSTALLED, DATABASE_ERROR, frontPage, installedPage, installPage, loginPage } from './pages.ts';

/**
 * WordPress behind Apache, as far as a visitor gets: it is installed once, into a MySQL, and then shows its posts.
 * https://kubernetes.io/docs/tutorials/stateful-application/mysql-wordpress-persistent-volume/
 */
export const wordpress: Program = function* (process) {
  process.setMemory(60 * 1024 * 1024);
  return yield* serveApache(process, answer);
};

const html = (body: string, status = 200): HttpServerResponse => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=UTF-8' },
  body,
});

const redirect = (location: string): HttpServerResponse => ({ status: 302, headers: { Location: location }, body: '' });

/** From the environment, as the image's wp-config.php has it. */
function* connectToDatabase(process: Process): Task<Connection> {
  const { env } = process;
  const [host = '', port = '3306'] = (env['WORDPRESS_DB_HOST'] ?? 'mysql').split(':');
  return yield* connect(process, {
    host,
    port: Number(port),
    user: env['WORDPRESS_DB_USER'] ?? 'example username',
    password: env['WORDPRESS_DB_PASSWORD'] ?? 'example password',
    database: env['WORDPRESS_DB_NAME'] ?? 'wordpress',
  });
}

function* answer(process: Process, request: HttpServerRequest): Task<HttpServerResponse> {
  try {
    const connection = yield* connectToDatabase(process);
    const response = yield* respond(process, request, connection);
    connection.close();
    return response;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const warning = `PHP Warning:  mysqli_real_connect(): (${error.state}/${error.code}): ${error.message}`;
    yield* logApache(process, 'php:warn', `${warning} in /var/www/html/wp-includes/class-wpdb.php on line 1982`);
    return html(DATABASE_ERROR, 500);
  }
}

function* respond(
  process: Process,
  { method, path, query, body }: HttpServerRequest,
  connection: Connection,
): Task<HttpServerResponse> {
  const site = yield* siteName(connection);
  if (path === '/wp-admin/install.php') {
    if (site !== undefined) return html(ALREADY_INSTALLED);
    const sent = method === 'POST' && new URLSearchParams(query).get('step') === '2';
    return sent ? yield* install(connection, new URLSearchParams(decode(body))) : html(installPage());
  }
  if (path.startsWith('/wp-content/') || path.startsWith('/wp-includes/')) return notFound(process);
  if (site === undefined) return redirect('/wp-admin/install.php');
  if (path === '/wp-login.php') return html(loginPage(site));
  if (path.startsWith('/wp-admin')) return redirect('/wp-login.php');
  if (path !== '/' && path !== '/index.php') return html(frontPage('Page not found', []), 404);
  const rows = yield* rowsOf(connection, 'SELECT post_title, post_content FROM wp_posts ORDER BY ID DESC');
  return html(
    frontPage(
      site,
      rows.map(([title, text]) => ({ title: String(title), text: String(text) })),
    ),
  );
}

/** Undefined until it has been installed. */
function* siteName(connection: Connection): Task<string | undefined> {
  const [tables] = yield* rowsOf(connection, "SHOW TABLES LIKE 'wp_options'");
  if (tables === undefined) return undefined;
  const [row] = yield* rowsOf(connection, "SELECT option_value FROM wp_options WHERE option_name = 'blogname'");
  return row === undefined ? undefined : String(row[0]);
}

function* rowsOf(connection: Connection, sql: string): Task<readonly (readonly Value[])[]> {
  const result = yield* connection.ask(sql);
  return 'columns' in result ? result.rows : [];
}

const TABLES = [
  'CREATE TABLE wp_options (option_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, option_name varchar(191) NOT NULL UNIQUE, option_value longtext NOT NULL)',
  'CREATE TABLE wp_users (ID bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, user_login varchar(60) NOT NULL, user_email varchar(100) NOT NULL)',
  'CREATE TABLE wp_posts (ID bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, post_date datetime DEFAULT NOW(), post_title text NOT NULL, post_content longtext NOT NULL)',
];

const FIRST_POST = 'Welcome to WordPress. This is your first post. Edit or delete it, then start writing!';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

function* install(connection: Connection, form: URLSearchParams): Task<HttpServerResponse> {
  const [user, email, title] = [form.get('user_name'), form.get('admin_email'), form.get('weblog_title')];
  if (!user) return html(installPage('Please provide a valid username.'));
  if (!email?.includes('@')) return html(installPage('You must provide an email address.'));
  for (const table of TABLES) yield* connection.ask(table);
  const site = title || 'My Site';
  yield* connection.ask(`INSERT INTO wp_options (option_name, option_value) VALUES ('blogname', ${quoted(site)})`);
  yield* connection.ask(`INSERT INTO wp_users (user_login, user_email) VALUES (${quoted(user)}, ${quoted(email)})`);
  yield* connection.ask(
    `INSERT INTO wp_posts (post_title, post_content) VALUES ('Hello world!', ${quoted(FIRST_POST)})`,
  );
  return html(installedPage(user));
}
