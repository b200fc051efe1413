// Configurations and requests that this nginx and Debian's must answer alike. `@PORT@` is the case's own port, `@PORT+7@` the seventh above it, `@DIR@` a
// directory with a few files.

export interface CorpusCase {
  readonly name: string;
  /** Blocks of `http`. */
  readonly text: string;
  /** As they go over the wire, without the empty line at the end. */
  readonly requests: readonly string[];
}

export const FILES: Readonly<Record<string, string>> = {
  'index.html': 'the index\n',
  'a.txt': '0123456789abcdef\n',
  noext: 'no extension\n',
  'sub/index.html': 'sub index\n',
  'sub/page.html': '<p>page</p>\n',
  'empty/.keep': '',
  'fallback.html': 'fallback\n',
  'denied.html': 'denied\n',
  htpasswd: 'ann:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/\nbob:{PLAIN}pw\neve:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n',
};

export function get(path: string, host = 'localhost', ...fields: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...fields].join('\r\n');
}

const server = (text: string, names = '') =>
  `server { listen 127.0.0.1:@PORT@; ${names === '' ? '' : `server_name ${names};`} ${text} }\n`;
const basic = (text: string) => `Authorization: Basic ${btoa(text)}`;

export const CASES: readonly CorpusCase[] = [
  {
    name: 'returns without a text',
    text: server(
      'default_type text/css; location = /ok { return 200; } location = /made { return 201; } location = /none { return 204; } location = /bad { return 400; }',
    ),
    requests: ['/ok', '/made', '/none', '/bad'].map((path) => get(path)),
  },
  {
    name: 'locations by kind',
    text: server(
      'location / { return 200 "root $uri"; } location = /exact { return 200 "exact"; } location /exact { return 200 "prefix"; } location ^~ /static/ { return 200 "static"; } location ~ \\.php$ { return 200 "php $uri"; } location ~* \\.JPG$ { return 200 "jpg"; } location /static/deep { return 200 "deep"; } location /outer { location /outer/in { return 200 "in"; } location ~ x$ { return 200 "inner regex"; } return 200 "outer"; }',
    ),
    requests: [
      '/',
      '/exact',
      '/exact/',
      '/exactly',
      '/static/a.php',
      '/static/deep/a.php',
      '/static/deep/a',
      '/a.php',
      '/a.jpg',
      '/A.PHP',
      '/outer',
      '/outer/in',
      '/outer/in.php',
      '/outer/x',
      '/outer/in/x',
      '/%61.php',
      '//exact',
      '/a/../exact',
      '/./exact',
      '/a/..',
      '/../x',
      '/a/%2e%2e/exact',
      '/%zz',
      '/a%00b',
      '/a b',
      '/x?y=1',
      '/exact?y',
      '/a//b///c.php',
      '/caf%C3%A9.php',
    ].map((path) => get(path)),
  },
  {
    name: 'server names',
    text:
      server('return 200 "default";') +
      server('return 200 "exact";', 'a.example.com') +
      server('return 200 "star";', '*.example.com') +
      server('return 200 "longer star";', '*.b.example.com') +
      server('return 200 "tail";', 'www.example.*') +
      server('return 200 "dot";', '.dot.org') +
      server('return 200 "regex $1 $name";', '~^(?<name>\\w+)\\d\\.net$') +
      server('return 200 "upper";', 'UPPER.Example.ORG') +
      server('return 200 "two";', 'one.org two.org'),
    requests: [
      'a.example.com',
      'A.Example.Com',
      'x.example.com',
      'x.y.example.com',
      'x.b.example.com',
      'example.com',
      'www.example.net',
      'www.example.',
      'www.example.co.uk',
      'dot.org',
      'a.dot.org',
      'adot.org',
      'web1.net',
      'web.net',
      'upper.example.org',
      'two.org',
      'two.org:8080',
      'none',
      'a.example.com.',
      '',
      'bad/host',
    ].map((host) => get('/', host)),
  },
  {
    name: 'rewrite, set, if and return',
    text: server(
      `set $kind none;
      rewrite ^/srv/(.*)$ /lib/$1;
      rewrite ^/perm/(.*)$ /new/$1 permanent;
      rewrite ^/temp/(.*)$ /new/$1?from=$1 redirect;
      rewrite ^/away$ http://other.example/x;
      if ($arg_stop) { return 403; }
      if ($request_method = DELETE) { return 405; }
      if ($http_user_agent ~* "(curl|wget)/([0-9]+)") { set $kind "$1-$2"; }
      location /lib/ { return 200 "lib $uri $args kind=$kind"; }
      location /last/ { rewrite ^/last/(.*)$ /lib/$1?x=1 last; return 200 "never"; }
      location /break/ { rewrite ^/break/(.*)$ /a.txt break; root @DIR@; }
      location /both/ { rewrite ^/both/(.*)$ /mid/$1; rewrite ^/mid/(.*)$ /lib/$1; }
      location /drop/ { rewrite ^/drop/(.*)$ /lib/$1? last; }
      location /loop { rewrite ^ /loop last; }
      location /if { if ($arg_a = 1) { return 200 "one"; } if ($arg_a != "") { return 200 "other $arg_a"; } return 200 "none"; }
      location /if2 { set $x 0; if ($arg_a) { set $x 1; } if ($x) { set $x "set"; } return 200 "x=$x"; }
      location /file { if (-f @DIR@/$arg_f) { return 200 "there"; } if (!-e @DIR@/$arg_f) { return 200 "not there"; } return 200 "a directory"; }
      location /neg { if ($arg_a !~ ^[0-9]+$) { return 400; } return 200 "number"; }
      location /r301 { return 301 https://$host$request_uri; }
      location /r302 { return 302 /x; }
      location /r307 { return 307 relative; }
      location /text { return 404 "own text\n"; }
      location /code { return 404; }
      location /empty { return 204; }
      location /teapot { return 418; }
      location /url { return http://example.org/$arg_a; }
      location /close { return 444; }
      location /cap { rewrite ^/cap/(\\w+)/(\\w+) /lib/$2/$1 last; }
      location / { return 200 "root $uri kind=$kind $is_args$args"; }`,
    ),
    requests: [
      '/',
      '/srv/a',
      '/srv/a?b=1',
      '/perm/a',
      '/perm/a?q=1',
      '/temp/z?q=1',
      '/away',
      '/away?x=1',
      '/?stop=1',
      '/?stop=0',
      '/last/a?b=2',
      '/break/x',
      '/both/a?b=2',
      '/drop/a?b=2',
      '/loop',
      '/if',
      '/if?a=1',
      '/if?a=2',
      '/if2',
      '/if2?a=3',
      '/if2?a=0',
      '/file?f=a.txt',
      '/file?f=nope',
      '/file?f=sub',
      '/neg?a=12',
      '/neg?a=x',
      '/r301?x=1',
      '/r302',
      '/r307',
      '/text',
      '/code',
      '/empty',
      '/teapot',
      '/url?a=b',
      '/close',
      '/cap/one/two',
      '/cap/one',
      '/perm/a%20b',
    ]
      .map((path) => get(path))
      .concat(get('/lib/x', 'localhost', 'User-Agent: curl/8.1'), get('/').replace('GET', 'DELETE')),
  },
  {
    name: 'maps and shares',
    text:
      'map $http_x_kind $kind { default other; "" none; a alpha; ~^b(?<rest>.*)$ "beta-$rest"; ~*^C gamma; }\n' +
      'map $host $tenant { hostnames; default nobody; one.example.com first; *.example.com star; mail.* mail; }\n' +
      'split_clients "$arg_id" $variant { 20% a; 30% b; 0.5% c; * d; }\n' +
      server('return 200 "$kind $tenant $variant";'),
    requests: [
      ...['', 'a', 'A', 'b', 'bx', 'c1', 'C', 'zzz'].map((kind) =>
        get('/', 'localhost', ...(kind === '' ? [] : [`X-Kind: ${kind}`])),
      ),
      ...['one.example.com', 'two.example.com', 'mail.org', 'example.com'].map((host) => get('/', host)),
      ...Array.from({ length: 40 }, (_, index) => get(`/?id=user${index * 7}`)),
    ],
  },
  {
    name: 'files, ranges and indexes',
    text: server(
      'root @DIR@; default_type text/plain; types { text/html html; } location /alias/ { alias @DIR@/sub/; } location /try/ { try_files $uri /sub$uri /fallback.html; } location /code/ { try_files $uri =410; } location /named/ { try_files $uri @named; } location @named { return 200 "named $uri"; } location /list/ { alias @DIR@/empty/; } location ~ ^/re/(.*)$ { alias @DIR@/$1; } location /internal/ { internal; return 200 "inside"; } location /post { return 200 "posted"; }',
    ),
    requests: [
      '/',
      '/index.html',
      '/a.txt',
      '/noext',
      '/sub',
      '/sub?x=1',
      '/sub/',
      '/sub/page.html',
      '/nope',
      '/nope/',
      '/empty/',
      '/a.txt/',
      '/alias/page.html',
      '/alias/',
      '/alias/nope',
      '/try/x',
      '/code/x',
      '/named/y',
      '/list/',
      '/re/a.txt',
      '/re/sub/page.html',
      '/internal/x',
    ]
      .map((path) => get(path))
      .concat(
        ...['0-3', '4-', '-4', '0-0,2-3', '100-200', '5-2', 'x', '0-99', '0-100000', '16-16', '-0'].map((range) =>
          get('/a.txt', 'localhost', `Range: bytes=${range}`),
        ),
        ['POST', 'PUT', 'HEAD', 'OPTIONS'].map((method) => get('/a.txt').replace('GET', method)),
        get('/nope').replace('GET', 'POST'),
        get('/sub/').replace('GET', 'POST'),
        get('/post').replace('GET', 'POST'),
      ),
  },
  {
    name: 'error pages',
    text: server(
      `root @DIR@; error_page 403 /denied.html; error_page 404 =200 /fallback.html; error_page 410 http://gone.example/; error_page 500 502 = /other; error_page 418 @tea; error_page 405 /missing.html;
      location /forbidden { return 403; } location /gone { return 410; } location /broken { return 500; } location /tea { return 418; } location @tea { return 200 "tea"; }
      location /down { proxy_pass http://127.0.0.1:9; } location /other { return 203 "other"; } location /na { return 405; } location /own { error_page 404 /denied.html; return 404; }`,
    ),
    requests: ['/forbidden', '/nope', '/gone', '/broken', '/tea', '/down', '/na', '/own'].map((path) => get(path)),
  },
  {
    name: 'what is passed on',
    text:
      `server { listen 127.0.0.1:@PORT@; server_name behind; location /re { return 302 http://behind:@PORT@/to/x; } location /abs { return 302 /abs2; } location /five { return 503 "five"; } location / { add_header X-Behind yes; return 200 "$request_method $request_uri host=$http_host xff=$http_x_forwarded_for own=$http_x_own"; } }\n` +
      `upstream pool { server 127.0.0.1:@PORT@; }\nmap $arg_to $target { default 127.0.0.1:@PORT@; }\n` +
      `server { listen 127.0.0.1:@PORT@; server_name front;
      proxy_set_header Host behind; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      location /plain { proxy_pass http://127.0.0.1:@PORT@; }
      location /strip/ { proxy_pass http://127.0.0.1:@PORT@/; }
      location /swap/ { proxy_pass http://127.0.0.1:@PORT@/other/; }
      location /glue { proxy_pass http://127.0.0.1:@PORT@/g; }
      location ~ ^/rx/(.*)$ { proxy_pass http://127.0.0.1:@PORT@; }
      location ~ ^/rv/(.*)$ { proxy_pass http://$target/v/$1$is_args$args; }
      location /rw/ { rewrite ^/rw/(.*)$ /done/$1 break; proxy_pass http://127.0.0.1:@PORT@; }
      location /rwu/ { rewrite ^/rwu/(.*)$ /done/$1 break; proxy_pass http://127.0.0.1:@PORT@/u/; }
      location /ifp { set $x 0; if ($arg_a) { set $x 1; } proxy_set_header X-Own $x; proxy_pass http://pool; }
      location /ifq { if ($arg_b) { proxy_pass http://pool; } return 200 "not passed"; }
      location /ifu/ { if ($arg_a) { set $y 1; } proxy_pass http://127.0.0.1:@PORT@/u/; }
      location /pool { proxy_pass http://pool; }
      location /re { proxy_pass http://localhost:@PORT@; }
      location /catch { error_page 503 =200 /caught; proxy_intercept_errors on; rewrite ^ /five break; proxy_pass http://pool; }
      location = /caught { return 200 "caught"; }
      location /five { proxy_pass http://pool; }
      location /hide { proxy_hide_header X-Behind; proxy_set_header X-Own $scheme; proxy_set_header Host behind; proxy_pass http://pool; }
      location /nested { location /nested/in { proxy_pass http://pool; } }
      location /name/ { proxy_pass http://pool/; } }\n`,
    requests: [
      '/plain?a=1',
      '/plain/%20x//y/../z',
      '/strip/a?b=1',
      '/strip',
      '/strip/',
      '/strip/a%20b',
      '/swap/a/b?c',
      '/swap',
      '/swap?x=1',
      '/glue/x',
      '/gluex',
      '/rx/a%2Fb',
      '/rv/q?z=1',
      '/rw/a?b=1',
      '/rwu/a?b=1',
      '/rw/a%20b',
      '/ifp',
      '/ifp?a=1',
      '/ifq',
      '/ifq?b=1',
      '/ifu/x',
      '/ifu/x?a=1',
      '/pool',
      '/catch',
      '/five',
      '/hide',
      '/nested/in/x',
      '/name/a',
      '/name',
    ]
      .map((path) => get(path, 'front'))
      .concat(
        get('/pool', 'front', 'X-Own: mine', 'X-Forwarded-For: 1.2.3.4'),
        get('/pool', 'front').replace('GET', 'DELETE'),
        get('/pool', 'front').replace('GET', 'HEAD'),
      ),
  },
  {
    name: 'who may come in',
    text: server(
      `location / { return 200 "in"; }
      location /open { allow all; root @DIR@; try_files /a.txt =404; }
      location /closed { deny all; root @DIR@; }
      location /some { allow 10.0.0.0/8; deny all; root @DIR@; }
      location /here { allow 127.0.0.0/8; deny all; root @DIR@; try_files /a.txt =404; }
      location /secret { auth_basic "Staff only"; auth_basic_user_file @DIR@/htpasswd; root @DIR@; try_files /a.txt =404; }
      location /any { satisfy any; allow 127.0.0.1; deny all; auth_basic "Any"; auth_basic_user_file @DIR@/htpasswd; root @DIR@; try_files /a.txt =404; }
      location /nofile { auth_basic "x"; auth_basic_user_file @DIR@/nope; root @DIR@; }`,
    ),
    requests: [
      ...['/', '/open', '/closed', '/some', '/here', '/secret', '/any', '/nofile'].map((path) => get(path)),
      ...['ann:secret', 'ann:wrong', 'bob:pw', 'eve:pw', 'nobody:x', 'ann', ':'].map((who) =>
        get('/secret', 'localhost', basic(who)),
      ),
      get('/nofile', 'localhost', basic('ann:secret')),
      get('/secret', 'localhost', 'Authorization: Bearer x'),
    ],
  },
  {
    name: 'fields of answers',
    text: server(
      `add_header X-A outer; add_header X-Always on always;
      location /in { return 200 "in"; } location /own { add_header X-B inner; return 200 "own"; } location /err { return 500; }
      location /type { types { application/json json; } default_type text/x-own; return 200 "{}"; }
      location /abs { absolute_redirect off; return 301 /x; } location /noport { port_in_redirect off; return 301 /x; }
      location /vars { return 200 "$host $server_port $scheme $request_method $arg_a $cookie_c $http_x_y $uri $document_uri $query_string"; }
      location /body { client_max_body_size 10; proxy_pass http://127.0.0.1:9; }`,
    ),
    requests: [
      ...['/in', '/own', '/err', '/type', '/type/a.json', '/abs', '/noport'].map((path) => get(path, 'localhost:81')),
      get('/vars?a=1&b=2&A=3', 'LocalHost:82', 'Cookie: x=y; c=crumb', 'X-Y: why'),
      `${get('/body').replace('GET', 'POST')}\r\nContent-Length: 11`,
    ],
  },
  {
    name: 'what is no good request',
    text: server('location / { return 200 "fine"; }'),
    requests: [
      'GET / HTTP/1.1',
      'GET / HTTP/1.0',
      'GET / HTTP/2.5',
      'NONSENSE',
      'GET / FTP/1.1\r\nHost: x',
      'GET nope HTTP/1.1\r\nHost: x',
      'GET http://absolute.example/x HTTP/1.1\r\nHost: other\r\nConnection: close',
      `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: x`,
      `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(9000)}`,
      `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${Array.from({ length: 5 }, (_, at) => `X-${at}: ${'b'.repeat(7000)}`).join('\r\n')}`,
      'GET / HTTP/1.1\r\nHost: a\r\nHost: b',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000',
      'GET / HTTP/1.1\r\nHost: x y',
    ],
  },
];
