import { ConfigError, type Directive } from './directives.ts';

/**
 * The directives there are, as https://nginx.org/en/docs/dirindex.html lists them: how many arguments each takes, and
 * where it may stand. `m` main, `e` events, `h` http, `s` server, `l` location, `i` if in a location, `I` if in a server,
 * `u` upstream, `x` limit_except. Many of them are read and change nothing here: what they tune does not exist.
 */
const TABLE = `
block0 events m; block0 http m; block0 server h; block1-2 location sl; block1 upstream h; block0 types hsl
block2 map h; block2 split_clients h; block1+ if sl; block1+ limit_except l
1 user m; 1 worker_processes m; 1 daemon m; 1 master_process m; 1 pid m; 1-2 error_log mhsl; 1 worker_rlimit_nofile m
1 worker_cpu_affinity m; 1 worker_priority m; 1 worker_shutdown_timeout m; 1 timer_resolution m; 1 pcre_jit m; 1 lock_file m
1+ load_module m; 1 worker_rlimit_core m; 1 working_directory m; 1+ env m; 1 thread_pool m
1 worker_connections e; 1 multi_accept e; 1 use e; 1 accept_mutex e; 1 accept_mutex_delay e; 1 debug_connection e
1+ listen s; 1+ server_name s; 1 root hsli; 1 alias l; 1+ index hsl; 2+ try_files sl; 2+ error_page hsli; 1 autoindex hsl
1 default_type hsl; 2-3 add_header hsli; 2-3 add_trailer hsli; 1+ access_log hslix; 2+ log_format h; 1 log_not_found hsl
1 log_subrequest hsl; 1+ open_log_file_cache hsl; 1 recursive_error_pages hsl; 0 internal l; 1-2 return slIi; 2-3 rewrite slIi
2 set slIi; 0 break slIi; 1 rewrite_log slIi; 1 uninitialized_variable_warn slIi
1 client_body_buffer_size hsl; 1 client_max_body_size hsl; 1 client_body_timeout hsl; 1 client_header_timeout hs
1 client_header_buffer_size hs; 2 large_client_header_buffers hs; 1-2 keepalive_timeout hsl; 1 keepalive_requests hsl
1 keepalive_time hsl; 1 keepalive_disable hsl; 1 send_timeout hsl; 1 sendfile hsli; 1 sendfile_max_chunk hsl; 1 tcp_nodelay hsl
1 tcp_nopush hsl; 1 aio hsl; 1 directio hsl; 1 server_tokens hsl; 1 absolute_redirect hsl; 1 port_in_redirect hsl
1 server_name_in_redirect hsl; 1 merge_slashes hs; 1 underscores_in_headers hs; 1 ignore_invalid_headers hs; 1 etag hsl
1 if_modified_since hsl; 1 max_ranges hsl; 1 types_hash_max_size hsl; 1 types_hash_bucket_size hsl; 1 postpone_output hsl
1 server_names_hash_max_size h; 1 server_names_hash_bucket_size h; 1 variables_hash_max_size h; 1 variables_hash_bucket_size h
1 map_hash_max_size h; 1 map_hash_bucket_size h; 1+ open_file_cache hsl; 1 open_file_cache_valid hsl; 1 satisfy hsl
1 open_file_cache_min_uses hsl; 1 open_file_cache_errors hsl; 1 reset_timedout_connection hsl; 1 output_buffers hsl
1 client_body_in_file_only hsl; 1-4 client_body_temp_path hsl; 1 lingering_close hsl; 1 lingering_timeout hsl; 1 limit_rate hsli
1 limit_rate_after hsli; 1+ resolver hsl; 1 resolver_timeout hsl; 1 chunked_transfer_encoding hsl; 1 connection_pool_size hs
1 request_pool_size hs; 1 msie_padding hsl; 1+ disable_symlinks hsl; 1 charset hsli; 1 source_charset hsli; 1+ charset_types hsl
1 gzip hsli; 1+ gzip_types hsl; 1 gzip_min_length hsl; 1 gzip_vary hsl; 1 gzip_comp_level hsl; 1+ gzip_proxied hsl
1+ gzip_disable hsl; 2 gzip_buffers hsl; 1 gzip_http_version hsl; 1 gzip_static hsl; 1-2 expires hsli
1 allow hslx; 1 deny hslx; 1 auth_basic hslx; 1 auth_basic_user_file hslx; 0-1 stub_status sl
3 limit_req_zone h; 1-3 limit_req hsl; 1 limit_req_status hsl; 1 limit_req_log_level hsl; 1 limit_req_dry_run hsl
1 proxy_pass lix; 2 proxy_set_header hsl; 1 proxy_http_version hsl; 1 proxy_connect_timeout hsl; 1 proxy_read_timeout hsl
1 proxy_send_timeout hsl; 1 proxy_buffering hsl; 1 proxy_buffer_size hsl; 2 proxy_buffers hsl; 1 proxy_busy_buffers_size hsl
1 proxy_max_temp_file_size hsl; 1-4 proxy_temp_path hsl; 1 proxy_request_buffering hsl; 1+ proxy_next_upstream hsl
1 proxy_next_upstream_timeout hsl; 1 proxy_next_upstream_tries hsl; 1-2 proxy_redirect hsl; 1 proxy_intercept_errors hsl
1 proxy_hide_header hsl; 1 proxy_pass_header hsl; 1 proxy_pass_request_headers hsl; 1 proxy_pass_request_body hsl
1 proxy_set_body hsl; 1 proxy_method hsl; 1 proxy_socket_keepalive hsl; 1 proxy_ignore_client_abort hsl; 1+ proxy_ignore_headers hsl
1-2 proxy_cookie_domain hsl; 1-2 proxy_cookie_path hsl; 1 proxy_ssl_server_name hsl; 1 proxy_ssl_verify hsl; 1 proxy_ssl_name hsl
1+ proxy_ssl_protocols hsl; 1 proxy_ssl_session_reuse hsl; 1 proxy_temp_file_write_size hsl; 1 proxy_headers_hash_max_size hsl
1 proxy_headers_hash_bucket_size hsl; 1 proxy_force_ranges hsl
1+ server u; 1 keepalive u; 1 keepalive_timeout u; 1 keepalive_requests u; 1 keepalive_time u; 1-2 zone u; 0 least_conn u
0 ip_hash u; 0-2 random u; 1-2 hash u
1 ssl_certificate hs; 1 ssl_certificate_key hs; 1+ ssl_protocols hs; 1 ssl_ciphers hs; 1 ssl_prefer_server_ciphers hs
1-2 ssl_session_cache hs; 1 ssl_session_timeout hs; 1 ssl_session_tickets hs; 1 ssl_dhparam hs; 1 ssl_ecdh_curve hs
1 ssl_buffer_size hs; 1 ssl_early_data hs; 1 ssl_reject_handshake hs; 1 ssl_stapling hs; 1 http2 hs
`;

interface Form {
  readonly contexts: string;
  readonly min: number;
  readonly max: number;
  readonly isBlock: boolean;
}

function readTable(): ReadonlyMap<string, readonly Form[]> {
  const forms = new Map<string, Form[]>();
  for (const entry of TABLE.split(/[;\n]/)) {
    const [count, name, contexts] = entry.trim().split(' ');
    if (count === undefined || name === undefined || contexts === undefined) continue;
    const [, block, min, rest] = /^(block)?(\d)(\+|-\d)?$/.exec(count)!;
    const max = rest === undefined ? Number(min) : rest === '+' ? 1000 : Number(rest.slice(1));
    forms.set(name, [...(forms.get(name) ?? []), { contexts, min: Number(min), max, isBlock: block !== undefined }]);
  }
  return forms;
}

const INNER: Readonly<Record<string, string>> = {
  events: 'e',
  http: 'h',
  server: 's',
  location: 'l',
  upstream: 'u',
  limit_except: 'x',
};

/** May be written once in a block. */
const ONCE: ReadonlySet<string> = new Set(
  'root alias default_type autoindex try_files client_max_body_size proxy_pass worker_processes worker_connections pid user daemon events http keepalive_timeout sendfile proxy_http_version proxy_read_timeout proxy_connect_timeout auth_basic auth_basic_user_file internal stub_status satisfy'.split(
    ' ',
  ),
);

/** Throws ConfigError for what nginx refuses before it looks at any value. */
export function checkDirectives(directives: readonly Directive[]): void {
  const forms = readTable();
  const check = (block: readonly Directive[], context: string): void => {
    const seen = new Set<string>();
    for (const directive of block) {
      const form = formOf(forms, directive, context);
      if (ONCE.has(directive.name) && seen.has(directive.name))
        throw new ConfigError(`"${directive.name}" directive is duplicate in ${placeOf(directive)}`);
      seen.add(directive.name);
      if (!form.isBlock || ['types', 'map', 'split_clients'].includes(directive.name)) continue;
      check(directive.block!, directive.name === 'if' ? (context === 's' ? 'I' : 'i') : INNER[directive.name]!);
    }
  };
  check(directives, 'm');
}

function formOf(forms: ReadonlyMap<string, readonly Form[]>, directive: Directive, context: string): Form {
  const { name, args, block } = directive;
  const place = placeOf(directive);
  const known = forms.get(name);
  if (known === undefined) throw new ConfigError(`unknown directive "${name}" in ${place}`);
  const form = known.find(({ contexts }) => contexts.includes(context));
  if (form === undefined) throw new ConfigError(`"${name}" directive is not allowed here in ${place}`);
  if (form.isBlock && block === undefined) throw new ConfigError(`directive "${name}" has no opening "{" in ${place}`);
  if (!form.isBlock && block !== undefined)
    throw new ConfigError(`directive "${name}" is not terminated by ";" in ${place}`);
  if (args.length < form.min || args.length > form.max)
    throw new ConfigError(`invalid number of arguments in "${name}" directive in ${place}`);
  return form;
}

/** `file:line` */
export function placeOf({ file, line }: Directive): string {
  return `${file}:${line}`;
}
